"""The thread is a job of an executor, and its future keeps the error."""

import queue
from concurrent.futures import ThreadPoolExecutor

happens = "a"
principle = "h"


class JournalError(Exception):
    pass


class Journal:
    def __init__(self, write):
        self.lines = queue.Queue(maxsize=100)
        self.pool = ThreadPoolExecutor(1)
        self.writing = self.pool.submit(self.run, write)

    def run(self, write):
        while (line := self.lines.get()) is not None:
            write(line)

    def put(self, line):
        while not self.writing.done():
            try:
                self.lines.put(line, timeout=0.1)
                return
            except queue.Full:
                pass
        if error := self.writing.exception():
            raise JournalError("the journal has failed") from error

    def log(self, line):
        self.put(line)

    def close(self):
        try:
            self.put(None)
            self.writing.result()
        finally:
            self.pool.shutdown()
