"""An event that is set too once the caller's event is."""

import threading
import time


class Either(threading.Event):
    """Set when it is set, or when the other event is; looks at that every 100 ms."""

    def __init__(self, other):
        super().__init__()
        self._other = other

    def is_set(self):
        return super().is_set() or (self._other is not None and self._other.is_set())

    def wait(self, timeout=None):
        deadline = None if timeout is None else time.monotonic() + timeout
        while not self.is_set():
            left = 0.1 if deadline is None else min(0.1, deadline - time.monotonic())
            if left <= 0:
                break
            super().wait(left)
        return self.is_set()


class Heartbeat:
    def __init__(self, ping, interval, stop=None):
        self.stop = Either(stop)
        self.thread = threading.Thread(target=self.run, args=(ping, interval), daemon=True)
        self.thread.start()

    def run(self, ping, interval):
        while not self.stop.wait(interval):
            ping()

    def close(self):
        self.stop.set()
        self.thread.join()


def test_heartbeat():
    def others():
        return sum(thread is not threading.main_thread() for thread in threading.enumerate())

    count = others()
    heartbeat = Heartbeat(ping=lambda: None, interval=0.01)
    time.sleep(0.05)
    heartbeat.close()
    if others() != count:
        raise RuntimeError(f"{others() - count} threads remain")
