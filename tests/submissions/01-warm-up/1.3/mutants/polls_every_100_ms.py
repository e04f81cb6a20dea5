# fails: 1.3a
"""A poll every 100 ms."""

import asyncio


async def consume(jobs, handle):
    while True:
        try:
            job = jobs.get_nowait()
        except asyncio.QueueEmpty:
            await asyncio.sleep(0.1)
        else:
            handle(job)
