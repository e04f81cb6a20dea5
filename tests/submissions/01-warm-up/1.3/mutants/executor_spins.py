# fails: 1.3c
"""Counts the jobs in an executor of its own, without a pause."""

from concurrent.futures import ThreadPoolExecutor


async def consume(jobs, handle):
    stopped = False
    longest = 0

    def watch():
        nonlocal longest
        while not stopped:
            longest = max(longest, jobs.qsize())

    with ThreadPoolExecutor(1) as pool:
        pool.submit(watch)
        try:
            while True:
                handle(await jobs.get())
        finally:
            stopped = True
