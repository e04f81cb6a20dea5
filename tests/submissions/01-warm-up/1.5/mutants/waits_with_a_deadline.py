# fails: 1.5a
"""`close()` looks again and again, for 2 s."""

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
        give_up = time.monotonic() + 2
        while self._thread.is_alive() and time.monotonic() < give_up:
            time.sleep(0.001)

    def _beat(self):
        while not self._stop.wait(self._interval):
            self._ping()


def test_heartbeat():
    before = set(threading.enumerate())
    heartbeat = Heartbeat(lambda: None, 0.01)
    time.sleep(0.05)
    heartbeat.close()
    assert set(threading.enumerate()) <= before
