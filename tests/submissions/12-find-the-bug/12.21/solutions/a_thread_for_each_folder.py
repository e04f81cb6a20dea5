"""Folders have threads of their own, and only files are the pool's."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor

happens = "b"
principle = "f"


class Index:
    def __init__(self, count_words, workers):
        self._count_words = count_words
        self._pool = ThreadPoolExecutor(workers)
        self._threads = []

    def count(self, folder):
        total = Future()
        thread = threading.Thread(target=self._count_folder, args=(folder, total))
        self._threads.append(thread)
        thread.start()
        return total

    def _count_folder(self, folder, total):
        try:
            files = [self._pool.submit(self._count_words, file) for file in folder]
            total.set_result(sum(file.result() for file in files))
        except Exception as error:
            total.set_exception(error)

    def close(self):
        for thread in self._threads:
            thread.join()
        self._pool.shutdown()
