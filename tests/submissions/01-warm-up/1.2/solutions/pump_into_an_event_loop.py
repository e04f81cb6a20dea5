"""An event loop handles the jobs; a pump moves them into it, and ends the loop's queue with a sentinel."""

import asyncio
import queue
import threading


class Worker:
    def __init__(self, jobs, process, stop):
        self._jobs, self._process, self._event = jobs, process, stop
        self._ready = threading.Event()
        self._loop_thread = threading.Thread(target=asyncio.run, args=(self._main(),))
        self._loop_thread.start()
        self._ready.wait()
        self._pump_thread = threading.Thread(target=self._pump)
        self._pump_thread.start()

    async def _main(self):
        self._loop, self._inbox = asyncio.get_running_loop(), asyncio.Queue()
        self._ready.set()
        while True:
            kind, job = await self._inbox.get()
            if kind == "end" or self._event.is_set():
                return
            self._process(job)

    def _pump(self):
        while not self._event.is_set():
            try:
                job = self._jobs.get(timeout=0.1)
            except queue.Empty:
                continue
            self._loop.call_soon_threadsafe(self._inbox.put_nowait, ("job", job))
        try:
            self._loop.call_soon_threadsafe(self._inbox.put_nowait, ("end", None))
        except RuntimeError:
            pass

    def stop(self):
        self._event.set()
        self._pump_thread.join()
        self._loop_thread.join()


def start_worker(jobs: queue.Queue, process, stop: threading.Event) -> Worker:
    return Worker(jobs, process, stop)
