"""An executor, which does all of this."""

from concurrent.futures import ThreadPoolExecutor

happens = "b"
principle = "b"


class Resizers:
    def __init__(self, resize, workers=4):
        self.resize = resize
        self.pool = ThreadPoolExecutor(workers)

    def add(self, image):
        self.pool.submit(self.resize, image)

    def close(self):
        self.pool.shutdown()
