# fails: 1.3a
"""Waits on the queue, but for 50 ms at a time."""

import asyncio


async def consume(jobs, handle):
    while True:
        try:
            job = await asyncio.wait_for(jobs.get(), timeout=0.05)
        except TimeoutError:
            continue
        handle(job)
