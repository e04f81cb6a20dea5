"""The chain, with a flag that is looked at, and set, under a lock."""

import threading

happens = "c"
principle = "b"


class Reporter:
    def __init__(self, send, interval):
        self.send, self.interval = send, interval
        self.lock = threading.Lock()
        self.closed = False
        self.arm()

    def arm(self):
        with self.lock:
            if not self.closed:
                self.timer = threading.Timer(self.interval, self.tick)
                self.timer.start()

    def tick(self):
        self.send()
        self.arm()

    def close(self):
        with self.lock:
            self.closed = True
            timer = self.timer
        timer.cancel()
        timer.join()
