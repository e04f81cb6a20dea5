"""The end is told to all waiters."""

import threading
from collections import deque

happens = "c"
principle = "b"


class Pool:
    """`size` threads that run jobs, until `close()`."""

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
            # A job is for one of them, the end is for all.
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def _work(self):
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._jobs or self._closing)
                if not self._jobs:
                    return
                job = self._jobs.popleft()
            job()
