"""An executor with two threads, shut down by `close`; a count of the places that are free."""

import collections
import threading
from concurrent.futures import ThreadPoolExecutor, wait


class ServiceClosed(Exception):
    pass


class Service:
    def __init__(self, stop, *, sink=print, flush_interval=1.0):
        self._stop, self._sink, self._interval = stop, sink, flush_interval
        self._lock = threading.Lock()
        self._free = threading.Semaphore(50)
        self._there = threading.Semaphore(0)
        self._messages = collections.deque()
        self._pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="service")
        self._loops = [self._pool.submit(self._consume), self._pool.submit(self._flush)]

    def submit(self, msg):
        while not self._free.acquire(timeout=0.05):
            if self._stop.is_set():
                raise ServiceClosed
        with self._lock:
            if not self._stop.is_set():
                self._messages.append(msg)
                self._there.release()
                return
        self._free.release()
        raise ServiceClosed

    def close(self):
        self._stop.set()
        wait(self._loops)
        self._pool.shutdown()

    def _consume(self):
        while True:
            if not self._there.acquire(timeout=0.05):
                with self._lock:
                    if self._stop.is_set() and not self._messages:
                        return
                continue
            msg = self._messages.popleft()
            self._free.release()
            threading.Event().wait(0.01)
            self._sink(msg)

    def _flush(self):
        while not self._stop.wait(self._interval):
            self._sink("flush")
