# fails: 1.3a
"""Rests with time.sleep before it handles a job, and keeps every other task waiting."""

import time


async def consume(jobs, handle):
    while True:
        job = await jobs.get()
        time.sleep(0.02)
        handle(job)
