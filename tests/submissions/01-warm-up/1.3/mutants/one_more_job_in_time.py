# fails: 1.3b
"""Ends in time, and handles what comes until then."""

import asyncio


async def consume(jobs, handle):
    try:
        while True:
            handle(await jobs.get())
    except asyncio.CancelledError:
        await asyncio.sleep(0.03)
        while not jobs.empty():
            handle(jobs.get_nowait())
        raise
