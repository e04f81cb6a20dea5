"""Waits until all images are done, then sends the sentinels."""

import queue
import threading

happens = "b"
principle = "b"


class Resizers:
    def __init__(self, resize, workers=4):
        self.jobs = queue.Queue()
        self.threads = [threading.Thread(target=self.work, args=[resize]) for _ in range(workers)]
        for t in self.threads:
            t.start()

    def work(self, resize):
        for image in iter(self.jobs.get, None):
            resize(image)
            self.jobs.task_done()

    def add(self, image):
        self.jobs.put(image)

    def close(self):
        self.jobs.join()
        for _ in self.threads:
            self.jobs.put(None)
        for t in self.threads:
            t.join()
