# fails: 1.2a 1.2b
"""Sleeps 300 ms before each look."""

import queue
import threading
import time


class Worker:
    def __init__(self, jobs, process, stop):
        self._jobs = jobs
        self._process = process
        self._stop = stop
        self._thread = threading.Thread(target=self._work, name="worker", daemon=True)
        self._thread.start()

    def stop(self):
        self._stop.set()
        self._thread.join()

    def _work(self):
        while not self._stop.is_set():
            time.sleep(0.3)
            while not self._jobs.empty() and not self._stop.is_set():
                self._process(self._jobs.get())


def start_worker(jobs: queue.Queue, process, stop: threading.Event) -> Worker:
    return Worker(jobs, process, stop)
