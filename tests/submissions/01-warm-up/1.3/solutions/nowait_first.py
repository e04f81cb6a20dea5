"""Takes what is there without waiting, and waits on the queue only when it is empty."""

import asyncio


async def consume(jobs, handle):
    while True:
        try:
            job = jobs.get_nowait()
        except asyncio.QueueEmpty:
            job = await jobs.get()
        handle(job)
