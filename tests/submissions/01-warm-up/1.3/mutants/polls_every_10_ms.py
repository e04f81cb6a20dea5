# fails: 1.3a
"""A poll every 10 ms: no job is late, and it never sleeps."""

import asyncio


async def consume(jobs, handle):
    while True:
        try:
            job = jobs.get_nowait()
        except asyncio.QueueEmpty:
            await asyncio.sleep(0.01)
        else:
            handle(job)
