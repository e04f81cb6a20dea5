# fails: 1.2d
"""Leaves the helper of a job in hand."""

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
        while not self._stop.is_set():
            try:
                job = self._jobs.get(timeout=0.05)
            except queue.Empty:
                continue
            ended = threading.Event()
            threading.Thread(target=ended.wait, daemon=True).start()
            self._process(job)
            if not self._stop.is_set():
                ended.set()


def start_worker(jobs: queue.Queue, process, stop: threading.Event) -> Worker:
    return Worker(jobs, process, stop)
