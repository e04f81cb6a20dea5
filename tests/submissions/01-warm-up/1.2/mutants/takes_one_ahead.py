# fails: 1.2a
"""Takes the next job before it processes this one, and processes it."""

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
        try_next = None
        have = False
        while have or not self._stop.is_set():
            if not have:
                try:
                    job = self._jobs.get(timeout=0.05)
                except queue.Empty:
                    continue
            else:
                job = try_next
            try:
                try_next, have = self._jobs.get_nowait(), True
            except queue.Empty:
                have = False
            self._process(job)


def start_worker(jobs: queue.Queue, process, stop: threading.Event) -> Worker:
    return Worker(jobs, process, stop)
