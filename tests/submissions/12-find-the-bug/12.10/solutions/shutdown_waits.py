"""`shutdown()` as it is meant."""

from concurrent.futures import ThreadPoolExecutor

happens = "d"
principle = "c"


class Uploads:
    def __init__(self, connection, workers=2):
        self._connection = connection
        self._pool = ThreadPoolExecutor(workers)

    def add(self, name):
        return self._pool.submit(self._connection.send, name)

    def close(self):
        self._pool.shutdown()
        self._connection.close()
