"""`acquire`, and `release` in a `finally`."""

import threading

happens = "d"
principle = "g"


class SoldOut(Exception):
    pass


class Stock:
    def __init__(self, left):
        self.left = left
        self.lock = threading.RLock()

    def take(self, article, count=1):
        self.lock.acquire()
        try:
            left = self.left[article]
            if left < count:
                raise SoldOut(f"{article}: {left} left")
            self.left[article] = left - count
        finally:
            self.lock.release()

    def put(self, article, count=1):
        self.take(article, -count)
