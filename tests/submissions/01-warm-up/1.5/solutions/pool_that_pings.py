"""One thread ticks, a pool pings."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor


class Heartbeat:
    def __init__(self, ping, interval, stop=None):
        self._stop = stop or threading.Event()
        self._pool = ThreadPoolExecutor(2)
        self._ticker = threading.Thread(target=self._tick, args=(ping, interval))
        self._ticker.start()

    def _tick(self, ping, interval):
        with self._pool:
            while not self._stop.wait(interval):
                self._pool.submit(ping)

    def close(self):
        self._stop.set()
        self._ticker.join()


def test_heartbeat():
    before = set(threading.enumerate())
    heartbeat = Heartbeat(lambda: None, 0.01)
    time.sleep(0.05)
    heartbeat.close()
    assert set(threading.enumerate()) <= before
