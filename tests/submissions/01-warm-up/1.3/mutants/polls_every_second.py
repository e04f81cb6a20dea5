# fails: 1.3a
"""A poll once a second: jobs are late."""

import asyncio


async def consume(jobs, handle):
    while True:
        try:
            job = jobs.get_nowait()
        except asyncio.QueueEmpty:
            await asyncio.sleep(1)
        else:
            handle(job)
