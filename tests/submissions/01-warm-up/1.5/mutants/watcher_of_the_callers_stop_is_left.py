# fails: 1.5b
"""A thread waits for the caller's event, and `close()` does not end that."""

import threading
import time


class Heartbeat:
    def __init__(self, ping, interval, stop: threading.Event | None = None):
        self._ping = ping
        self._interval = interval
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)
        self._thread.start()
        if stop is not None:
            threading.Thread(target=self._watch, args=(stop,), daemon=True).start()

    def close(self):
        self._stop.set()
        self._thread.join()

    def _beat(self):
        while not self._stop.wait(self._interval):
            self._ping()

    def _watch(self, stop):
        stop.wait()
        self._stop.set()


def test_heartbeat():
    before = set(threading.enumerate())
    heartbeat = Heartbeat(lambda: None, 0.01)
    time.sleep(0.05)
    heartbeat.close()
    assert set(threading.enumerate()) <= before
