"""A deque under a condition: whoever waits is woken when the thread has failed."""

import threading
from collections import deque

happens = "a"
principle = "h"


class Journal:
    def __init__(self, write):
        self.changed = threading.Condition()
        self.lines, self.closed, self.error = deque(), False, None
        self.thread = threading.Thread(target=self.run, args=(write,), daemon=True)
        self.thread.start()

    def run(self, write):
        try:
            while True:
                with self.changed:
                    self.changed.wait_for(lambda: self.lines or self.closed)
                    if not self.lines:
                        return
                    line = self.lines.popleft()
                    self.changed.notify_all()
                write(line)
        except BaseException as error:
            with self.changed:
                self.error = error
                self.changed.notify_all()

    def log(self, line):
        with self.changed:
            self.changed.wait_for(lambda: len(self.lines) < 100 or self.error)
            if self.error:
                raise self.error
            self.lines.append(line)
            self.changed.notify_all()

    def close(self):
        with self.changed:
            self.closed = True
            self.changed.notify_all()
        self.thread.join()
        if self.error:
            raise self.error
