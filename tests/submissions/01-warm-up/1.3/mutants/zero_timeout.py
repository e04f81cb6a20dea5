# fails: 1.3a 1.3c
"""Waits on the queue for no time at all."""

import asyncio


async def consume(jobs, handle):
    while True:
        try:
            async with asyncio.timeout(0):
                job = await jobs.get()
        except TimeoutError:
            continue
        handle(job)
