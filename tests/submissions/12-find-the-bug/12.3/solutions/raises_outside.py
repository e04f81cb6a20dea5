"""Decides under the lock and raises outside; an article that is not known has none left."""

import threading
from collections import Counter

happens = "d"
principle = "g"


class SoldOut(LookupError):
    pass


class Stock:
    def __init__(self, left):
        self.left = Counter(left)
        self.lock = threading.Lock()

    def take(self, article, count=1):
        self.lock.acquire()
        enough = self.left[article] >= count
        if enough:
            self.left[article] -= count
        self.lock.release()
        if not enough:
            raise SoldOut(article)

    def put(self, article, count=1):
        with self.lock:
            self.left[article] += count
