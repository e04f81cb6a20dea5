"""Writes the later lines, and `close` raises the errors as a group."""

import queue
import threading

happens = "a"
principle = "h"


class Journal:
    def __init__(self, write):
        self.lines = queue.Queue(100)
        self.errors = []
        self.thread = threading.Thread(target=self.run, args=(write,))
        self.thread.start()

    def run(self, write):
        for line in iter(self.lines.get, None):
            try:
                write(line)
            except Exception as error:
                self.errors.append(error)

    def log(self, line):
        self.lines.put(line)

    def close(self):
        self.lines.put(None)
        self.thread.join()
        if self.errors:
            raise ExceptionGroup("lines were lost", self.errors)
