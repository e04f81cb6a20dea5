# fails: 1.5b
"""Sleeps 130 ms at a time."""

import threading
import time
from time import monotonic


class Heartbeat:
    def __init__(self, ping, interval, stop: threading.Event | None = None):
        self._ping = ping
        self._interval = interval
        self._stop = threading.Event() if stop is None else stop
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)
        self._thread.start()

    def close(self):
        self._stop.set()
        self._thread.join()

    def _beat(self):
        due = monotonic() + self._interval
        while not self._stop.is_set():
            if monotonic() < due:
                time.sleep(min(0.13, max(0, due - monotonic())))
            else:
                self._ping()
                due += self._interval


def test_heartbeat():
    before = set(threading.enumerate())
    heartbeat = Heartbeat(lambda: None, 0.01)
    time.sleep(0.05)
    heartbeat.close()
    assert set(threading.enumerate()) <= before
