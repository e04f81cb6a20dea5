# fails: 1.2a
"""A watcher looks at `stop` every 400 ms and tells the worker."""

import queue
import threading


class Worker:
    def __init__(self, jobs, process, stop):
        self._jobs, self._process, self._asked = jobs, process, stop
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work)
        self._watcher = threading.Thread(target=self._watch)
        self._thread.start()
        self._watcher.start()

    def stop(self):
        self._asked.set()
        self._stop.set()
        self._thread.join()
        self._watcher.join()

    def _work(self):
        while not self._stop.is_set():
            try:
                job = self._jobs.get(timeout=0.05)
            except queue.Empty:
                continue
            self._process(job)

    def _watch(self):
        while not self._asked.is_set():
            self._stop.wait(0.4)
        self._stop.set()


def start_worker(jobs: queue.Queue, process, stop: threading.Event) -> Worker:
    return Worker(jobs, process, stop)
