"""One condition for the queue, with short waits, as others may set `stop`."""

import collections
import threading
import time

SIZE = 100
PATIENCE = 0.05  # seconds for which `stop` may go unnoticed


class ServiceClosed(Exception):
    pass


class Service:
    def __init__(self, stop: threading.Event, *, sink=print, flush_interval=1.0):
        self._stop = stop
        self._sink = sink
        self._flush_interval = flush_interval
        self._messages = collections.deque()
        self._changed = threading.Condition()
        self._threads = [
            threading.Thread(target=self._consume, name="consume"),
            threading.Thread(target=self._flush, name="flush"),
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, msg):
        with self._changed:
            while len(self._messages) >= SIZE and not self._stop.is_set():
                self._changed.wait(PATIENCE)
            if self._stop.is_set():
                raise ServiceClosed("the service takes no more messages")
            self._messages.append(msg)
            self._changed.notify_all()

    def close(self):
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _consume(self):
        while True:
            with self._changed:
                while not self._messages and not self._stop.is_set():
                    self._changed.wait(PATIENCE)
                if not self._messages:
                    return
                msg = self._messages.popleft()
                self._changed.notify_all()
            time.sleep(0.01)
            self._sink(msg)

    def _flush(self):
        while not self._stop.wait(self._flush_interval):
            self._sink("flush")
