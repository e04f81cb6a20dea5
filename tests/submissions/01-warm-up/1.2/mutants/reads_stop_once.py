# fails: 1.2a 1.2b
"""Looks at `stop` when it is made, and never again."""

import queue
import threading


class Worker:
    def __init__(self, jobs, process, stop):
        self._jobs = jobs
        self._process = process
        self._event = stop
        self._stop = threading.Event()
        if stop.is_set():
            self._stop.set()
        self._thread = threading.Thread(target=self._work, name="worker", daemon=True)
        self._thread.start()

    def stop(self):
        for event in (self._event, self._stop):
            event.set()
        self._thread.join()

    def _work(self):
        while not self._stop.is_set():
            try:
                job = self._jobs.get(timeout=0.05)
            except queue.Empty:
                continue
            self._process(job)


def start_worker(jobs: queue.Queue, process, stop: threading.Event) -> Worker:
    return Worker(jobs, process, stop)
