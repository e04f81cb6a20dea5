"""An exit stack ends the pool first, then the connection."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

happens = "d"
principle = "c"


class Uploads:
    def __init__(self, connection, workers=2):
        self.stack = ExitStack()
        self.stack.callback(connection.close)
        self.pool = self.stack.enter_context(ThreadPoolExecutor(workers))
        self.send = connection.send

    def add(self, name):
        return self.pool.submit(self.send, name)

    def close(self):
        self.stack.close()
