"""A queue, and a sentinel for each thread."""

import queue
import threading

happens = "c"
principle = "b"


class Pool:
    def __init__(self, size):
        self._jobs = queue.Queue()
        self._threads = [threading.Thread(target=self._work) for _ in range(size)]
        for thread in self._threads:
            thread.start()

    def submit(self, job):
        self._jobs.put(job)

    def close(self):
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join()

    def _work(self):
        while (job := self._jobs.get()) is not None:
            job()
