# fails: 12.21c
from concurrent.futures import ThreadPoolExecutor

happens = "b"
principle = "f"


class Index:
    """Counts the words of folders, a folder being a list of files."""

    def __init__(self, count_words, workers):
        self._count_words = count_words
        self._pool = ThreadPoolExecutor(workers)

    def count(self, folder):
        """A future of the number of words in all files of the folder."""
        return self._pool.submit(self._count_folder, folder)

    def _count_folder(self, folder):
        files = [self._pool.submit(self._count_words, file) for file in folder]
        return sum(file.result(timeout=2) for file in files)

    def close(self):
        self._pool.shutdown()
