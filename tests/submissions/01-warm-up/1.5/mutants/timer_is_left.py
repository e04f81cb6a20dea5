# fails: 1.5b 1.5c
"""A chain of timers; the last one is not cancelled."""

import threading
import time


class Heartbeat:
    def __init__(self, ping, interval, stop: threading.Event | None = None):
        self._ping = ping
        self._interval = interval
        self._stop = threading.Event() if stop is None else stop
        self._watcher = threading.Thread(target=self._watch)
        self._arm()
        self._watcher.start()

    def close(self):
        self._stop.set()
        self._watcher.join()
        if self._timer.interval < 1:
            self._timer.join()

    def _arm(self):
        self._timer = threading.Timer(self._interval, self._beat)
        self._timer.daemon = True
        self._timer.start()

    def _beat(self):
        if not self._stop.is_set():
            try:
                self._ping()
            finally:
                self._arm()

    def _watch(self):
        self._stop.wait()


def test_heartbeat():
    before = set(threading.enumerate())
    heartbeat = Heartbeat(lambda: None, 0.01)
    time.sleep(0.05)
    heartbeat.close()
    assert set(threading.enumerate()) <= before
