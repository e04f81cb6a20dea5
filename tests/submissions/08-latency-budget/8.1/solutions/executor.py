"""A thread of an executor counts; the caller waits for it."""

from concurrent.futures import ThreadPoolExecutor


def counts(n, stop):
    reached = 0
    while reached < n:
        for _ in range(min(20_000, n - reached)):
            reached += 1
        if stop.is_set():
            return reached
    return n


def count(n, stop):
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(counts, n, stop).result()
