# fails: 1.3b
"""Catches the cancellation together with the timeout."""

import asyncio


async def consume(jobs, handle):
    while True:
        try:
            job = await asyncio.wait_for(jobs.get(), timeout=2)
        except (TimeoutError, asyncio.CancelledError):
            continue
        handle(job)
