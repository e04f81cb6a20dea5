# fails: 1.5a
"""`close()` waits for the thread, but not if a ping is in hand."""

import threading
import time


class Heartbeat:
    def __init__(self, ping, interval, stop: threading.Event | None = None):
        self._ping = ping
        self._interval = interval
        self._stop = threading.Event() if stop is None else stop
        self._pinging = False
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)
        self._thread.start()

    def close(self):
        self._stop.set()
        if not self._pinging:
            self._thread.join()

    def _beat(self):
        while not self._stop.wait(self._interval):
            self._pinging = True
            self._ping()
            self._pinging = False


def test_heartbeat():
    before = set(threading.enumerate())
    heartbeat = Heartbeat(lambda: None, 0.01)
    time.sleep(0.05)
    heartbeat.close()
    assert set(threading.enumerate()) <= before
