"""Each thread that ends tells another one."""

import threading
from collections import deque

happens = "c"
principle = "b"


class Pool:
    def __init__(self, size):
        self._jobs, self._closing = deque(), False
        self._changed = threading.Condition()
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(size)]
        for thread in self._threads:
            thread.start()

    def submit(self, job):
        with self._changed:
            self._jobs.append(job)
            self._changed.notify()

    def close(self):
        with self._changed:
            self._closing = True
            self._changed.notify()
        for thread in self._threads:
            thread.join()

    def _work(self):
        while True:
            with self._changed:
                while not self._jobs and not self._closing:
                    self._changed.wait()
                if not self._jobs:
                    self._changed.notify()
                    return
                job = self._jobs.popleft()
            job()
