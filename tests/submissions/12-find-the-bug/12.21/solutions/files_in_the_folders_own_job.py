"""A folder's job counts its files itself, one after the other."""

from concurrent.futures import ThreadPoolExecutor

happens = "b"
principle = "f"


class Index:
    def __init__(self, count_words, workers):
        self._count_words = count_words
        self._pool = ThreadPoolExecutor(workers)

    def count(self, folder):
        return self._pool.submit(lambda: sum(self._count_words(file) for file in folder))

    def close(self):
        self._pool.shutdown(wait=True)
