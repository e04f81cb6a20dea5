# fails: 1.3a
"""Collects jobs for 30 ms before it handles them."""

import asyncio


async def consume(jobs, handle):
    while True:
        batch = [await jobs.get()]
        await asyncio.sleep(0.03)
        while not jobs.empty():
            batch.append(jobs.get_nowait())
        for job in batch:
            handle(job)
