# fails: 1.2a
"""Ends only when it has found the queue empty ten times after `stop`."""

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
        empty = 0
        while empty < 10:
            try:
                job = self._jobs.get(timeout=0.04)
            except queue.Empty:
                empty = empty + 1 if self._stop.is_set() else 0
                continue
            if not self._stop.is_set():
                self._process(job)


def start_worker(jobs: queue.Queue, process, stop: threading.Event) -> Worker:
    return Worker(jobs, process, stop)
