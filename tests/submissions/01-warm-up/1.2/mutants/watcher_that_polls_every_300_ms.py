# fails: 1.2a
"""A watcher looks every 300 ms."""

import queue
import threading


class Worker:
    def __init__(self, jobs, process, stop):
        self._jobs = jobs
        self._process = process
        self._stop = stop
        self._thread = threading.Thread(target=self._work, name="worker", daemon=True)
        self._ended = threading.Event()
        self._watcher = threading.Thread(target=self._watch)
        self._watcher.start()
        self._thread.start()

    def stop(self):
        self._stop.set()
        self._ended.set()
        self._watcher.join()
        self._thread.join()

    def _work(self):
        while (job := self._jobs.get()) is not self._ended:
            self._process(job)

    def _watch(self):
        while not self._stop.is_set():
            self._ended.wait(0.3)
        self._jobs.put(self._ended)


def start_worker(jobs: queue.Queue, process, stop: threading.Event) -> Worker:
    return Worker(jobs, process, stop)
