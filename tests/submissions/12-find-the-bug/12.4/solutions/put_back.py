"""Whoever finds the sentinel puts it back for the next one."""

import queue
import threading

happens = "b"
principle = "b"


class Resizers:
    def __init__(self, resize, workers=4):
        self.resize = resize
        self.images = queue.Queue()
        self.threads = []
        for _ in range(workers):
            thread = threading.Thread(target=self.work)
            thread.start()
            self.threads.append(thread)

    def add(self, image):
        self.images.put(image)

    def work(self):
        while True:
            image = self.images.get()
            if image is None:
                self.images.put(None)
                return
            self.resize(image)

    def close(self):
        self.images.put(None)
        for thread in self.threads:
            thread.join()
