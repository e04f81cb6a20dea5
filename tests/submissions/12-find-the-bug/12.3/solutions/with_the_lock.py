"""The lock as a context manager."""

import threading

happens = "d"
principle = "g"


class SoldOut(Exception):
    pass


class Stock:
    def __init__(self, left):
        self._left = dict(left)
        self._lock = threading.Lock()

    def take(self, article, count=1):
        with self._lock:
            if self._left[article] < count:
                raise SoldOut(article)
            self._left[article] -= count

    def put(self, article, count=1):
        with self._lock:
            self._left[article] += count
