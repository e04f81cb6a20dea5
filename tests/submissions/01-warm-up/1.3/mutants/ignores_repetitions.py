# fails: 1.3a
"""Marks the moment of a job, and ignores one that comes within 5 ms as a repetition."""

import asyncio


async def consume(jobs, handle):
    last = float("-inf")
    while True:
        job = await jobs.get()
        now = asyncio.get_running_loop().time()
        if now - last > 0.005:
            handle(job)
        last = now
