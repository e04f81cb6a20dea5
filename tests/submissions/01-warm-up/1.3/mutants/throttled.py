# fails: 1.3a
"""Rests for 50 ms after every job, so the second of two is late."""

import asyncio


async def consume(jobs, handle):
    while True:
        handle(await jobs.get())
        await asyncio.sleep(0.05)
