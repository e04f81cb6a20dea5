"""A periodic look round once a second, within what is allowed."""

import asyncio


async def consume(jobs, handle):
    while True:
        try:
            job = await asyncio.wait_for(jobs.get(), timeout=1.0)
        except TimeoutError:
            continue
        handle(job)
