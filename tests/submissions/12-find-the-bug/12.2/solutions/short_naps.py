"""Sleeps in slices of 100 ms, and looks at a flag between them."""

import threading
import time

happens = "a"
principle = "d"


class TokenRefresher:
    def __init__(self, refresh, every=7200):
        self.refresh = refresh
        self.every = every
        self.running = True
        self.thread = threading.Thread(target=self.loop)
        self.thread.start()

    def loop(self):
        while self.running:
            self.refresh()
            due = time.monotonic() + self.every
            while self.running and time.monotonic() < due:
                time.sleep(0.1)

    def stop(self):
        self.running = False
        self.thread.join()
