"""A thread with a condition of its own; the reports come at a steady pace."""

import threading
import time

happens = "c"
principle = "b"


class Reporter(threading.Thread):
    def __init__(self, send, interval):
        super().__init__(daemon=True)
        self.send, self.interval = send, interval
        self.over = threading.Condition()
        self.is_over = False
        self.start()

    def run(self):
        due = time.monotonic() + self.interval
        while True:
            with self.over:
                if self.over.wait_for(lambda: self.is_over, timeout=max(0, due - time.monotonic())):
                    return
            self.send()
            due += self.interval

    def close(self):
        with self.over:
            self.is_over = True
            self.over.notify_all()
        self.join()
