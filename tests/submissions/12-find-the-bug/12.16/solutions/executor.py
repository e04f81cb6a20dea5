"""The standard library's pool."""

from concurrent.futures import ThreadPoolExecutor

happens = "c"
principle = "b"


class Pool:
    def __init__(self, size):
        self._executor = ThreadPoolExecutor(size)

    def submit(self, job):
        self._executor.submit(job)

    def close(self):
        self._executor.shutdown(wait=True)
