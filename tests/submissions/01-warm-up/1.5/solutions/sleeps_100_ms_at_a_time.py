"""Sleeps at most 100 ms at a time until the next tick is due."""

import threading
import time
from time import monotonic, sleep


class Heartbeat:
    def __init__(self, ping, interval, stop=None):
        self.stop = stop or threading.Event()
        self.thread = threading.Thread(target=self._run, args=(ping, interval))
        self.thread.start()

    def _run(self, ping, interval):
        due = monotonic() + interval
        while not self.stop.is_set():
            if monotonic() >= due:
                ping()
                due = monotonic() + interval
            sleep(max(0.0, min(0.1, due - monotonic())))

    def close(self):
        self.stop.set()
        self.thread.join()


def test_heartbeat():
    before = set(threading.enumerate())
    heartbeat = Heartbeat(lambda: None, 0.01)
    time.sleep(0.05)
    heartbeat.close()
    assert set(threading.enumerate()) <= before
