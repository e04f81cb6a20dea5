# fails: 1.3b
"""Cancelled in `asyncio.wait`, it leaves the getter behind, which takes the next job."""

import asyncio


async def consume(jobs, handle):
    while True:
        done, _ = await asyncio.wait([asyncio.create_task(jobs.get())])
        handle(done.pop().result())
