# fails: 1.3b
"""The child's cancellation is taken for its end, and the parent returns."""

import asyncio


async def consume(jobs, handle):
    async def worker():
        while True:
            handle(await jobs.get())

    child = asyncio.create_task(worker())
    try:
        await child
    except asyncio.CancelledError:
        if child.cancelled():
            return
        raise
