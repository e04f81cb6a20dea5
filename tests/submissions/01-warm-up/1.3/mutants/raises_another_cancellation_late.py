# fails: 1.3b
"""Counts down for half a second after the cancellation."""

import asyncio


async def consume(jobs, handle):
    try:
        while True:
            handle(await jobs.get())
    except asyncio.CancelledError:
        for _ in range(5):
            await asyncio.sleep(0.1)
        raise
