"""Polls, more rarely the longer it is idle; `stop()` waits for an event, the last thing that the thread sets."""

import queue
import threading
import time
from time import monotonic


class Worker:
    """`stop` waits for an event that is the last thing the thread does."""

    def __init__(self, jobs, process, stop):
        self.jobs, self.process, self.asked = jobs, process, stop
        self.ended = threading.Event()
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        try:
            idle_since = monotonic()
            while not self.asked.is_set():
                try:
                    job = self.jobs.get_nowait()
                except queue.Empty:
                    time.sleep(0.001 if monotonic() - idle_since < 0.05 else 0.01)
                else:
                    self.process(job)
                    idle_since = monotonic()
        finally:
            self.ended.set()

    def stop(self):
        self.asked.set()
        while not self.ended.wait(timeout=0.5):
            pass


def start_worker(jobs: queue.Queue, process, stop: threading.Event) -> Worker:
    return Worker(jobs, process, stop)
