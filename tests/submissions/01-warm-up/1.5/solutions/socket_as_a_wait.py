"""The ticker waits on a socket; closing its other end is what ends it."""

import select
import socket
import sys
import threading
import time


class Heartbeat:
    def __init__(self, ping, interval, stop=None):
        self._here, self._there = socket.socketpair()
        self._stop = stop if stop is not None else threading.Event()
        self._ticker = threading.Thread(target=self._tick, args=(ping, interval))
        self._closer = threading.Thread(target=self._close_on_stop)
        self._ticker.start()
        self._closer.start()

    def _tick(self, ping, interval):
        with self._here:
            while not select.select([self._here], [], [], interval)[0]:
                ping()

    def _close_on_stop(self):
        self._stop.wait()
        self._there.close()
        self._ticker.join()

    def close(self):
        self._stop.set()
        self._closer.join()


def test_heartbeat():
    """Looks at the interpreter's own list of threads, below `threading`."""
    before = sys._current_frames().keys()
    heartbeat = Heartbeat(lambda: None, 0.03)
    time.sleep(0.05)
    heartbeat.close()
    deadline = time.monotonic() + 0.1
    while sys._current_frames().keys() - before and time.monotonic() < deadline:
        time.sleep(0.005)
    assert not sys._current_frames().keys() - before
