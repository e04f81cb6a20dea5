"""A deque under a condition, and a flag that wakes them all."""

import threading
from collections import deque

happens = "b"
principle = "b"


class Resizers:
    def __init__(self, resize, workers=4):
        self.images, self.closed = deque(), False
        self.changed = threading.Condition()
        self.threads = [threading.Thread(target=self.work, args=(resize,), daemon=True) for _ in range(workers)]
        for thread in self.threads:
            thread.start()

    def add(self, image):
        with self.changed:
            self.images.append(image)
            self.changed.notify()

    def work(self, resize):
        while True:
            with self.changed:
                self.changed.wait_for(lambda: self.images or self.closed)
                if not self.images:
                    return
                image = self.images.popleft()
            resize(image)

    def close(self):
        with self.changed:
            self.closed = True
            self.changed.notify_all()
        for thread in self.threads:
            thread.join()
