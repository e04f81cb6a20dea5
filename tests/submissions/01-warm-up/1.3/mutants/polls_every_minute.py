# fails: 1.3a
"""A poll once a minute."""

import asyncio


async def consume(jobs, handle):
    while True:
        try:
            job = jobs.get_nowait()
        except asyncio.QueueEmpty:
            await asyncio.sleep(60)
        else:
            handle(job)
