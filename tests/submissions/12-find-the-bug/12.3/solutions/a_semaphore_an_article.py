"""A semaphore an article: what is taken is a place, and no lock is needed for one."""

import threading

happens = "d"
principle = "g"


class SoldOut(Exception):
    pass


class Stock:
    def __init__(self, left):
        self.guard = threading.Lock()
        self.places = {article: threading.Semaphore(count) for article, count in left.items()}

    def take(self, article, count=1):
        places = self.places[article]
        with self.guard:
            taken = 0
            while taken < count and places.acquire(blocking=False):
                taken += 1
            if taken < count:
                if taken:
                    places.release(taken)
                raise SoldOut(article)

    def put(self, article, count=1):
        self.places[article].release(count)
