"""A look when 4 ms of the thread's processor time are over; the clock is read every 2000 numbers."""

import time
from itertools import islice


def count(n, stop):
    numbers = iter(range(1, n + 1))
    counted = 0
    next_look = 0.0
    while block := sum(1 for _ in islice(numbers, 2000)):
        counted += block
        if time.thread_time() >= next_look:
            if stop.is_set():
                break
            next_look = time.thread_time() + 0.004
    return counted
