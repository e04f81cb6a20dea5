# fails: 1.2d
"""`stop()` joins one of two helpers."""

import queue
import threading


class Worker:
    def __init__(self, jobs, process, stop):
        self._jobs = jobs
        self._process = process
        self._stop = stop
        self._thread = threading.Thread(target=self._work, name="worker", daemon=True)
        self._thread.start()
        self._helpers = [threading.Thread(target=self._help, args=(event,), daemon=True) for event in self._events()]
        for helper in self._helpers:
            helper.start()

    def stop(self):
        self._stop.set()
        self._thread.join()
        self._helpers[0].join()

    def _work(self):
        while not self._stop.is_set():
            try:
                job = self._jobs.get(timeout=0.05)
            except queue.Empty:
                continue
            self._process(job)

    def _events(self):
        return self._stop, threading.Event()

    def _help(self, event):
        event.wait()


def start_worker(jobs: queue.Queue, process, stop: threading.Event) -> Worker:
    return Worker(jobs, process, stop)
