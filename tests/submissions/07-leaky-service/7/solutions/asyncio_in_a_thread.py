"""An event loop in one thread; `submit` hands over by `call_soon_threadsafe`, and a semaphore counts the room."""

import asyncio
import threading


class ServiceClosed(Exception):
    pass


class Service:
    def __init__(self, stop, *, sink=print, flush_interval=1.0):
        self._stop = stop
        self._sink = sink
        self._interval = flush_interval
        self._slots = threading.Semaphore(20)
        self._gate = threading.Lock()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._main()))
        self._thread.start()
        self._ready.wait()

    async def _main(self):
        self._loop = asyncio.get_running_loop()
        self._queue = asyncio.Queue()
        self._ready.set()
        consumer = asyncio.create_task(self._consume())
        flusher = asyncio.create_task(self._flush())
        while not self._stop.is_set():
            await asyncio.sleep(0.02)
        flusher.cancel()
        with self._gate:  # who is inside has handed over
            pass
        await asyncio.sleep(0)
        await self._queue.put(None)
        await consumer

    async def _consume(self):
        while (boxed := await self._queue.get()) is not None:
            self._slots.release()
            await asyncio.sleep(0.01)
            self._sink(boxed[0])

    async def _flush(self):
        while True:
            await asyncio.sleep(self._interval)
            self._sink("flush")

    def submit(self, msg):
        while not self._slots.acquire(timeout=0.02):
            if self._stop.is_set():
                raise ServiceClosed
        with self._gate:
            if self._stop.is_set():
                self._slots.release()
                raise ServiceClosed
            self._loop.call_soon_threadsafe(self._queue.put_nowait, (msg,))

    def close(self):
        self._stop.set()
        self._thread.join()
