# fails: 1.5b
"""The executor's thread is never told to end."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor


class Heartbeat:
    def __init__(self, ping, interval, stop: threading.Event | None = None):
        self._ping = ping
        self._interval = interval
        self._stop = threading.Event() if stop is None else stop
        self._pool = ThreadPoolExecutor(1)
        self._beats = self._pool.submit(self._beat)

    def close(self):
        self._stop.set()
        self._beats.exception()

    def _beat(self):
        while not self._stop.wait(self._interval):
            self._ping()


def test_heartbeat():
    before = set(threading.enumerate())
    heartbeat = Heartbeat(lambda: None, 0.01)
    time.sleep(0.05)
    heartbeat.close()
    assert set(threading.enumerate()) <= before
