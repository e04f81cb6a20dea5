# fails: 1.2a
"""The timeout of get doubles with every miss, up to 5 s."""

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
        timeout = 0.01
        while not self._stop.is_set():
            try:
                job = self._jobs.get(timeout=timeout)
            except queue.Empty:
                timeout = min(timeout * 2, 5.0)
                continue
            timeout = 0.01
            self._process(job)


def start_worker(jobs: queue.Queue, process, stop: threading.Event) -> Worker:
    return Worker(jobs, process, stop)
