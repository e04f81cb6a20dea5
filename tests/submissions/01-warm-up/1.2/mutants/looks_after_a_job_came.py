# fails: 1.2a 1.2b
"""Waits for a job without a timeout, and drops it when `stop` is set."""

import queue
import threading


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
        while True:
            job = self._jobs.get()
            if self._stop.is_set():
                return
            self._process(job)


def start_worker(jobs: queue.Queue, process, stop: threading.Event) -> Worker:
    return Worker(jobs, process, stop)
