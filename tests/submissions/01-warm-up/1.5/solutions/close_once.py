"""Closes once, under a lock; raises then what `ping` raised."""

import threading
import time


class Heartbeat:
    def __init__(self, ping, interval, stop=None):
        self._ping = ping
        self._interval = interval
        self._wait = (stop or threading.Event()).wait
        self._set = self._wait.__self__.set
        self._error = None
        self._closed = False
        self._lock = threading.RLock()
        self._thread = threading.Thread(target=self._guarded)
        self._thread.start()

    def _guarded(self):
        try:
            while not self._wait(self._interval):
                self._ping()
        except BaseException as error:
            self._error = error

    def close(self):
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._set()
            self._thread.join()
            if self._error is not None:
                raise RuntimeError("a ping failed") from self._error

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        self.close()


def test_heartbeat():
    before = set(map(id, threading.enumerate()))
    with _Closing(Heartbeat(int, 60)):
        time.sleep(0.05)
    for thread in threading.enumerate():
        assert id(thread) in before, f"{thread.name} remains"


class _Closing:
    def __init__(self, heartbeat):
        self.heartbeat = heartbeat

    def __enter__(self):
        return self.heartbeat

    def __exit__(self, *exc_info):
        self.heartbeat.close()
