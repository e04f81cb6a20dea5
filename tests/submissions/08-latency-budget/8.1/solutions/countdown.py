"""A second counter that is counted down to the next look."""

EVERY = 50_000


class Counter:
    def __init__(self, n, stop):
        self.__n = n
        self.__stop = stop

    def run(self):
        i, left = 0, EVERY
        while i != self.__n:
            i = i + 1
            left -= 1
            if left == 0:
                if self.__stop.is_set():
                    return i
                left = EVERY
        return i


def count(n, stop):
    return Counter(n, stop).run()
