# fails: 1.3b
"""The get that is under way while a job is handled is left behind."""

import asyncio


async def consume(jobs, handle):
    following = asyncio.create_task(jobs.get())
    while True:
        job = await asyncio.shield(following)
        following = asyncio.create_task(jobs.get())
        handle(job)
