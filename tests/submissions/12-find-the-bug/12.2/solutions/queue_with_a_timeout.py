"""Waits for a stop in a queue, as long as the pause lasts."""

import queue
import threading

happens = "a"
principle = "d"


class TokenRefresher(threading.Thread):
    def __init__(self, refresh, every=7200):
        super().__init__(daemon=True)
        self.refresh, self.every = refresh, every
        self.mailbox = queue.Queue()
        self.start()

    def run(self):
        while True:
            self.refresh()
            try:
                self.mailbox.get(timeout=self.every)
            except queue.Empty:
                continue
            return

    def stop(self):
        self.mailbox.put("stop")
        self.join()
