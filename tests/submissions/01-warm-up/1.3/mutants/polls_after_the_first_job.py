# fails: 1.3a
"""Waits for the first job, and polls from then on."""

import asyncio


async def consume(jobs, handle):
    handle(await jobs.get())
    while True:
        if jobs.empty():
            await asyncio.sleep(0.005)
        else:
            handle(jobs.get_nowait())
