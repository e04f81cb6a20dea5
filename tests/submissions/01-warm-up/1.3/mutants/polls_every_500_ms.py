# fails: 1.3a
"""A poll as seldom as is allowed, but jobs are late."""

import asyncio


async def consume(jobs, handle):
    while True:
        try:
            job = jobs.get_nowait()
        except asyncio.QueueEmpty:
            await asyncio.sleep(0.5)
        else:
            handle(job)
