"""Cancels what has not begun, and waits for the rest."""

from concurrent.futures import ThreadPoolExecutor

happens = "d"
principle = "c"


class Uploads:
    def __init__(self, connection, workers=2):
        self.connection = connection
        self.pool = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="uploads")

    def add(self, name):
        return self.pool.submit(self.connection.send, name)

    def close(self):
        try:
            self.pool.shutdown(wait=True, cancel_futures=True)
        finally:
            self.connection.close()
