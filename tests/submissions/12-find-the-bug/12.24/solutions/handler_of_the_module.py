"""The module sets one handler, when it is imported, and all workers wait on one event."""

import signal
import threading

happens = "c"
principle = "b"

terminated = threading.Event()
signal.signal(signal.SIGTERM, lambda number, frame: terminated.set())


class Worker:
    def __init__(self, step, interval):
        self.thread = threading.Thread(target=self.run, args=(step, interval), daemon=True)
        self.thread.start()

    def run(self, step, interval):
        while not terminated.wait(interval):
            step()

    def join(self):
        self.thread.join()
