# fails: 1.3a
"""A poll every 400 ms: more than twice a second, and jobs are late."""

import asyncio


async def consume(jobs, handle):
    while True:
        try:
            job = jobs.get_nowait()
        except asyncio.QueueEmpty:
            await asyncio.sleep(0.4)
        else:
            handle(job)
