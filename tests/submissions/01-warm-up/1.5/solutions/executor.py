"""An executor with one thread; `close` raises what `ping` has raised."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from course import leaks


class Heartbeat:
    """`close` raises what `ping` has raised."""

    def __init__(self, ping, interval, stop: threading.Event | None = None):
        self._stop = stop if stop is not None else threading.Event()
        self._pool = ThreadPoolExecutor(max_workers=1)
        self._beats = self._pool.submit(self._beat, ping, interval)

    def _beat(self, ping, interval):
        while not self._stop.wait(timeout=interval):
            ping()

    def close(self):
        self._stop.set()
        self._pool.shutdown()
        self._beats.result()


def test_heartbeat():
    before = leaks.ignore_current()
    heartbeat = Heartbeat(lambda: None, interval=0.01, stop=None)
    time.sleep(0.05)
    heartbeat.close()
    leaks.verify_none(before, tries=0)
