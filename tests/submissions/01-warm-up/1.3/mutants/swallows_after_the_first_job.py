# fails: 1.3b
"""Ends when cancelled before the first job; later it swallows the cancellation."""

import asyncio


async def consume(jobs, handle):
    handled = 0
    while True:
        try:
            handle(await jobs.get())
            handled += 1
        except asyncio.CancelledError:
            if not handled:
                raise
