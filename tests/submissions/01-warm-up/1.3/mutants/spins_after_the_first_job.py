# fails: 1.3a 1.3c
"""Waits for the first job, and spins from then on."""

import asyncio


async def consume(jobs, handle):
    handle(await jobs.get())
    while True:
        if jobs.empty():
            await asyncio.sleep(0)
        else:
            handle(jobs.get_nowait())
