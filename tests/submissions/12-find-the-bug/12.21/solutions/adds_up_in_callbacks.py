"""Nobody waits: the last file's callback has the sum."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor

happens = "b"
principle = "f"


class Index:
    def __init__(self, count_words, workers):
        self._count_words = count_words
        self._pool = ThreadPoolExecutor(max_workers=workers)
        self._lock = threading.Lock()

    def count(self, folder):
        total = Future()
        left = {"files": len(folder)}
        files = [self._pool.submit(self._count_words, file) for file in folder]

        def one_is_done(_):
            with self._lock:
                left["files"] -= 1
                if left["files"] > 0:
                    return
            errors = [file.exception() for file in files if file.exception()]
            if errors:
                total.set_exception(errors[0])
            else:
                total.set_result(sum(file.result() for file in files))

        for file in files:
            file.add_done_callback(one_is_done)
        if not files:
            total.set_result(0)
        return total

    def close(self):
        self._pool.shutdown()
