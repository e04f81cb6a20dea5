"""The block grows until it takes 3 ms, and shrinks where it takes longer."""

import collections
import time


def count(n, stop):
    done, block = 0, 1000
    while done < n:
        began = time.perf_counter()
        size = min(block, n - done)
        collections.deque(range(done, done + size), maxlen=0)
        done += size
        if stop.is_set():
            break
        took = time.perf_counter() - began
        block = min(2 * block, 100_000) if took < 0.0015 else max(500, block // 2) if took > 0.003 else block
    return done
