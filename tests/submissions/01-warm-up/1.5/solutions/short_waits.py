"""Leaves the caller's event alone, and looks at it ten times a second."""

import threading
import time
from time import monotonic


class Heartbeat:
    def __init__(self, ping, interval, stop=None):
        self._closed = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, args=(ping, interval, stop))
        self._thread.start()

    def _run(self, ping, interval, stop):
        due = monotonic() + interval
        while not (stop and stop.is_set()):
            left = due - monotonic()
            if left <= 0:
                ping()
                due += interval
            elif self._closed.wait(min(left, 0.1)):
                return

    def close(self):
        with self._lock:
            self._closed.set()
            self._thread.join()


def test_heartbeat():
    started = []
    original = threading.Thread.start

    def start(thread):
        started.append(thread)
        original(thread)

    threading.Thread.start = start
    try:
        heartbeat = Heartbeat(lambda: None, interval=0.01)
        time.sleep(0.05)
        heartbeat.close()
        assert started
        assert not any(thread.is_alive() for thread in started)
    finally:
        threading.Thread.start = original
