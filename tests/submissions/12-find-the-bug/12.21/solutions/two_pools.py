"""A pool for folders, one for files."""

from concurrent.futures import ThreadPoolExecutor

happens = "b"
principle = "f"


class Index:
    """Counts the words of folders, a folder being a list of files."""

    def __init__(self, count_words, workers):
        self._count_words = count_words
        # A folder's job only waits. It must not take the place of what it waits for: two pools.
        self._folders = ThreadPoolExecutor(workers)
        self._files = ThreadPoolExecutor(workers)

    def count(self, folder):
        """A future of the number of words in all files of the folder."""
        return self._folders.submit(self._count_folder, folder)

    def _count_folder(self, folder):
        return sum(self._files.map(self._count_words, folder))

    def close(self):
        self._folders.shutdown()
        self._files.shutdown()
