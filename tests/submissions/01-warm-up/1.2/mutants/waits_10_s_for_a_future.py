# fails: 1.2c
"""`stop()` takes the timeout of a future for the end."""

import queue
import threading
from concurrent.futures import ThreadPoolExecutor, wait


class Worker:
    def __init__(self, jobs, process, stop):
        self._jobs = jobs
        self._process = process
        self._stop = stop
        pool = ThreadPoolExecutor(1)
        self._future = pool.submit(self._work)
        pool.shutdown(wait=False)

    def stop(self):
        self._stop.set()
        wait([self._future], timeout=10)

    def _work(self):
        while not self._stop.is_set():
            try:
                job = self._jobs.get(timeout=0.05)
            except queue.Empty:
                continue
            self._process(job)


def start_worker(jobs: queue.Queue, process, stop: threading.Event) -> Worker:
    return Worker(jobs, process, stop)
