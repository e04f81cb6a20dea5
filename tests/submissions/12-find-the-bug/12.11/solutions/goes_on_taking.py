"""Keeps the error, and goes on taking lines without writing them."""

import queue
import threading

happens = "a"
principle = "h"


class Journal:
    def __init__(self, write):
        self._write, self._lines = write, queue.Queue(maxsize=100)
        self._error = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        while (line := self._lines.get()) is not None:
            try:
                if self._error is None:
                    self._write(line)
            except OSError as error:
                self._error = error

    def log(self, line):
        if self._error is not None:
            raise self._error
        self._lines.put(line)

    def close(self):
        self._lines.put(None)
        self._thread.join()
        if self._error is not None:
            raise self._error
