# fails: 1.2d
"""The executor's thread is never told to end."""

import queue
import threading
from concurrent.futures import ThreadPoolExecutor


class Worker:
    def __init__(self, jobs, process, stop):
        self._jobs = jobs
        self._process = process
        self._stop = stop
        self._pool = ThreadPoolExecutor(1)
        self._future = self._pool.submit(self._work)

    def stop(self):
        self._stop.set()
        self._future.result()

    def _work(self):
        while not self._stop.is_set():
            try:
                job = self._jobs.get(timeout=0.05)
            except queue.Empty:
                continue
            self._process(job)


def start_worker(jobs: queue.Queue, process, stop: threading.Event) -> Worker:
    return Worker(jobs, process, stop)
