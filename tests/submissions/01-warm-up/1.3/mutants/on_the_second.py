# fails: 1.3a
"""Wakes on whole seconds only."""

import asyncio


async def consume(jobs, handle):
    loop = asyncio.get_running_loop()
    while True:
        job = await jobs.get()
        await asyncio.sleep(1 - loop.time() % 1)
        handle(job)
