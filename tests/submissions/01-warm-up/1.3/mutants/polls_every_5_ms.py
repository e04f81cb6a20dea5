# fails: 1.3a
"""A poll every 5 ms: too seldom to show in the CPU time, and never asleep."""

import asyncio


async def consume(jobs, handle):
    while True:
        try:
            job = jobs.get_nowait()
        except asyncio.QueueEmpty:
            await asyncio.sleep(0.005)
        else:
            handle(job)
