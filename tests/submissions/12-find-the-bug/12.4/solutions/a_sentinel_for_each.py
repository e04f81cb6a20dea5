"""A sentinel for each thread."""

import queue
import threading

happens = "b"
principle = "b"


class Resizers:
    def __init__(self, resize, workers=4):
        self._resize, self._images = resize, queue.Queue()
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(workers)]
        for thread in self._threads:
            thread.start()

    def add(self, image):
        self._images.put(image)

    def _work(self):
        while (image := self._images.get()) is not None:
            self._resize(image)

    def close(self):
        for _ in self._threads:
            self._images.put(None)
        for thread in self._threads:
            thread.join()
