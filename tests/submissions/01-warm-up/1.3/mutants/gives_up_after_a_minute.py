# fails: 1.3a
"""A time limit of a minute, whose TimeoutError it does not catch."""

import asyncio


async def consume(jobs, handle):
    while True:
        handle(await asyncio.wait_for(jobs.get(), 60))
