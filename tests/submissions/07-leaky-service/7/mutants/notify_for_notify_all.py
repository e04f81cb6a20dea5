# fails: 7d
"""Of several that wait for room only one is woken when it ends."""

import threading
import time


class ServiceClosed(Exception):
    pass


class Service:
    def __init__(self, stop, *, sink=print, flush_interval=1.0):
        self._stop, self._sink, self._interval = stop, sink, flush_interval
        self._room = threading.Condition()
        self._messages = []
        self._rest = threading.Lock()
        self._threads = [threading.Thread(target=self._consume), threading.Thread(target=self._flush)]
        for thread in self._threads:
            thread.start()

    def submit(self, msg):
        with self._room:
            while len(self._messages) >= 5 and not self._stop.is_set():
                self._room.wait()
            if self._stop.is_set():
                raise ServiceClosed
            self._messages.append(msg)

    def close(self):
        with self._room:
            self._stop.set()
        for thread in self._threads:
            thread.join()
        with self._rest:
            for msg in self._messages:
                self._deliver(msg)
            self._messages.clear()

    def _deliver(self, msg):
        time.sleep(0.01)
        self._sink(msg)

    def _consume(self):
        while not self._stop.is_set():
            msg = None
            with self._room:
                if self._messages:
                    msg = self._messages.pop(0)
                    self._room.notify()
            if msg is None:
                self._stop.wait(0.02)
            else:
                self._deliver(msg)
        with self._room:
            self._room.notify()

    def _flush(self):
        while not self._stop.wait(self._interval):
            self._sink("flush")
