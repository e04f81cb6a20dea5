"""A generator of ticks, each due at a multiple of the interval."""

import itertools
import threading
import time
from time import monotonic


def ticks(interval, stop):
    start = monotonic()
    for number in itertools.count(1):
        while (left := start + number * interval - monotonic()) > 0:
            if stop.wait(min(left, 0.05)):
                return
        if stop.is_set():
            return
        yield number


class Heartbeat:
    __slots__ = ("__close",)

    def __init__(self, ping, interval, stop=None):
        event = threading.Event() if stop is None else stop

        def beat():
            for _ in ticks(interval, event):
                ping()

        thread = threading.Thread(target=beat, daemon=False)
        thread.start()
        self.__close = lambda: (event.set(), thread.join())

    def close(self):
        self.__close()


def test_heartbeat():
    before = set(threading.enumerate())
    heartbeat = Heartbeat(lambda: None, 0.01)
    time.sleep(0.05)
    heartbeat.close()
    assert set(threading.enumerate()) <= before
