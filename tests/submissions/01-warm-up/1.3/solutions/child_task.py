"""The loop runs in a child task that is cancelled and awaited on the way out."""

import asyncio


async def _loop(jobs, handle):
    while True:
        handle(await jobs.get())


async def consume(jobs, handle):
    child = asyncio.create_task(_loop(jobs, handle))
    try:
        await asyncio.shield(child)
    finally:
        child.cancel()
        await asyncio.gather(child, return_exceptions=True)
