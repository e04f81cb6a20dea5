# fails: 1.5c
"""A chain of timers that only `close()` ends."""

import threading
import time


class Heartbeat:
    def __init__(self, ping, interval, stop: threading.Event | None = None):
        self._ping = ping
        self._interval = interval
        self._lock = threading.Lock()
        self._closed = False
        self._arm()

    def close(self):
        with self._lock:
            self._closed = True
        self._timer.cancel()
        self._timer.join()

    def _arm(self):
        with self._lock:
            if not self._closed:
                self._timer = threading.Timer(self._interval, self._beat)
                self._timer.start()

    def _beat(self):
        try:
            self._ping()
        finally:
            self._arm()


def test_heartbeat():
    before = set(threading.enumerate())
    heartbeat = Heartbeat(lambda: None, 0.01)
    time.sleep(0.05)
    heartbeat.close()
    assert set(threading.enumerate()) <= before
