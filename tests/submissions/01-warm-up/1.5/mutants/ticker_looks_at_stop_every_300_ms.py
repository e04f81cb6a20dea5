# fails: 1.5c
"""The ticker looks at the caller's event every 300 ms."""

import threading
import time
from time import monotonic


class Heartbeat:
    def __init__(self, ping, interval, stop: threading.Event | None = None):
        self._ping = ping
        self._interval = interval
        self._callers = stop
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)
        self._thread.start()

    def close(self):
        self._stop.set()
        self._thread.join()

    def _beat(self):
        due = monotonic() + self._interval
        while not (self._callers and self._callers.is_set()):
            left = due - monotonic()
            if left <= 0:
                self._ping()
                due += self._interval
            elif self._stop.wait(min(left, 0.3)):
                return


def test_heartbeat():
    before = set(threading.enumerate())
    heartbeat = Heartbeat(lambda: None, 0.01)
    time.sleep(0.05)
    heartbeat.close()
    assert set(threading.enumerate()) <= before
