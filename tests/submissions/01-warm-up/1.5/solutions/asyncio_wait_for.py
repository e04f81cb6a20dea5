"""An asyncio.Event in a loop of its own; a watcher thread carries the caller's event over."""

import asyncio
import contextlib
import threading
import time


class Heartbeat:
    def __init__(self, ping, interval, stop=None):
        self._ping, self._interval = ping, interval
        self._stop = stop if stop is not None else threading.Event()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._main()))
        self._thread.start()
        self._ready.wait()
        self._watcher = threading.Thread(target=self._watch)
        self._watcher.start()

    async def _main(self):
        self._loop = asyncio.get_running_loop()
        self._end = asyncio.Event()
        self._ready.set()
        while not self._end.is_set():
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._end.wait(), self._interval)
                return
            self._ping()

    def _watch(self):
        self._stop.wait()
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._end.set)

    def close(self):
        self._stop.set()
        self._watcher.join()
        self._thread.join()


def test_heartbeat():
    before = set(threading.enumerate())
    heartbeat = Heartbeat(lambda: None, 0.01)
    time.sleep(0.05)
    heartbeat.close()
    assert set(threading.enumerate()) <= before
