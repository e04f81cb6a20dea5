# fails: 1.3b
"""Handles what has come while it cleans up."""

import asyncio


async def consume(jobs, handle):
    try:
        while True:
            handle(await jobs.get())
    except asyncio.CancelledError:
        await asyncio.sleep(0.05)
        while jobs.qsize():
            handle(jobs.get_nowait())
        raise
