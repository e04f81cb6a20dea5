"""The thread only ticks; `close` shows the last line itself."""

import threading

happens = "b"
principle = "f"


class Progress:
    def __init__(self, show, interval):
        self.show = show
        self.done = 0
        self.lock = threading.Lock()
        self.closed = threading.Event()
        self.thread = threading.Thread(target=self.run, args=(interval,))
        self.thread.start()

    def add(self, number):
        with self.lock:
            self.done += number

    def line(self):
        with self.lock:
            return f"{self.done} done"

    def run(self, interval):
        while not self.closed.wait(interval):
            self.show(self.line())

    def close(self):
        self.closed.set()
        self.thread.join()
        self.show(self.line())
