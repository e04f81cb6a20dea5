# fails: 1.3b
"""suppress() swallows the cancellation."""

import asyncio
import contextlib


async def consume(jobs, handle):
    with contextlib.suppress(asyncio.CancelledError):
        while True:
            handle(await jobs.get())
