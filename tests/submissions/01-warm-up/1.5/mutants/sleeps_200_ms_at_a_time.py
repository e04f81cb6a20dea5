# fails: 1.5b
"""Looks at the event every 200 ms."""

import threading
import time


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
        due = time.monotonic() + self._interval
        while not self._stop.is_set():
            left = due - time.monotonic()
            if left > 0:
                time.sleep(min(left, 0.2))
            else:
                self._ping()
                due += self._interval


def test_heartbeat():
    before = set(threading.enumerate())
    heartbeat = Heartbeat(lambda: None, 0.01)
    time.sleep(0.05)
    heartbeat.close()
    assert set(threading.enumerate()) <= before
