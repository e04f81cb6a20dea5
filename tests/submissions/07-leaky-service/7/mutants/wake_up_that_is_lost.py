# fails: 7c
"""A watcher wakes the flusher, which may have looked at `stop` and not yet begun to wait."""

import queue
import threading
import time


class ServiceClosed(Exception):
    pass


class Service:
    def __init__(self, stop, *, sink=print, flush_interval=1.0):
        self._stop, self._sink, self._interval = stop, sink, flush_interval
        self._lock = threading.Lock()
        self._messages = queue.Queue(maxsize=10)
        self._woken = threading.Event()
        self._threads = [threading.Thread(target=loop) for loop in (self._consume, self._flush, self._watch)]
        for thread in self._threads:
            thread.start()

    def _watch(self):
        self._stop.wait()
        self._woken.set()

    def _flush(self):
        while not self._stop.is_set():
            self._woken.clear()
            self._woken.wait(self._interval)
            if not self._stop.is_set():
                self._sink("flush")

    def _consume(self):
        while not self._is_over():
            try:
                msg = self._messages.get(timeout=0.05)
            except queue.Empty:
                continue
            time.sleep(0.01)
            self._sink(msg)

    def _is_over(self):
        with self._lock:
            return self._stop.is_set() and self._messages.empty()

    def submit(self, msg):
        while True:
            with self._lock:
                if self._stop.is_set():
                    raise ServiceClosed
                if not self._messages.full():
                    return self._messages.put(msg)
            time.sleep(0.01)

    def close(self):
        self._stop.set()
        for thread in self._threads:
            thread.join()
