"""Cancels and joins until the chain has no further link."""

import threading

happens = "c"
principle = "b"


class Reporter:
    def __init__(self, send, interval):
        self.send, self.interval = send, interval
        self.closed = threading.Event()
        self.arm()

    def arm(self):
        timer = threading.Timer(self.interval, self.tick)
        timer.start()
        self.timer = timer

    def tick(self):
        if self.closed.is_set():
            return
        self.send()
        if not self.closed.is_set():
            self.arm()

    def close(self):
        self.closed.set()
        timer = None
        while timer is not self.timer:
            timer = self.timer
            timer.cancel()
            timer.join()
