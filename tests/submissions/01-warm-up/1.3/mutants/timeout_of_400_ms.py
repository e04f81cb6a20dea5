# fails: 1.3a
"""Waits on the queue, but for 400 ms at a time."""

import asyncio


async def consume(jobs, handle):
    while True:
        try:
            async with asyncio.timeout(0.4):
                job = await jobs.get()
        except TimeoutError:
            continue
        handle(job)
