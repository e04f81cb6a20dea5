"""Keeps the futures, waits for them, and then for the threads."""

from concurrent.futures import ThreadPoolExecutor, wait

happens = "d"
principle = "c"


class Uploads:
    def __init__(self, connection, workers=2):
        self.connection = connection
        self.pool = ThreadPoolExecutor(workers)
        self.futures = []

    def add(self, name):
        future = self.pool.submit(self.connection.send, name)
        self.futures.append(future)
        return future

    def close(self):
        wait(self.futures)
        self.pool.shutdown()
        self.connection.close()
