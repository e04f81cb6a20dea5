# fails: 1.2c
"""`stop()` waits until no job is in hand, not for the thread."""

import queue
import threading


class Worker:
    def __init__(self, jobs, process, stop):
        self._jobs = jobs
        self._process = process
        self._stop = stop
        self._in_hand = threading.Lock()
        self._thread = threading.Thread(target=self._work, name="worker", daemon=True)
        self._thread.start()

    def stop(self):
        self._stop.set()
        with self._in_hand:
            pass

    def _work(self):
        while not self._stop.is_set():
            try:
                job = self._jobs.get(timeout=0.2)
            except queue.Empty:
                continue
            with self._in_hand:
                self._process(job)


def start_worker(jobs: queue.Queue, process, stop: threading.Event) -> Worker:
    return Worker(jobs, process, stop)
