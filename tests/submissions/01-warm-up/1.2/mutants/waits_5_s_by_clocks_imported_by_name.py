# fails: 1.2c
"""Waits 5 s, by clocks imported from time."""

import queue
import threading
from queue import Empty
from time import monotonic, sleep


class Worker:
    def __init__(self, jobs, process, stop):
        self._jobs = jobs
        self._process = process
        self._stop = stop
        self._thread = threading.Thread(target=self._work, name="worker", daemon=True)
        self._thread.start()

    def stop(self):
        self._stop.set()
        deadline = monotonic() + 5
        while self._thread.is_alive() and monotonic() < deadline:
            sleep(0.01)

    def _work(self):
        while not self._stop.is_set():
            try:
                job = self._jobs.get(timeout=0.05)
            except Empty:
                continue
            self._process(job)


def start_worker(jobs: queue.Queue, process, stop: threading.Event) -> Worker:
    return Worker(jobs, process, stop)
