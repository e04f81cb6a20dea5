"""Two looks round a second, just what is allowed, with asyncio.timeout."""

import asyncio
from time import monotonic


async def consume(jobs, handle):
    idle_since = monotonic()
    while True:
        try:
            async with asyncio.timeout(0.5):
                job = await jobs.get()
        except TimeoutError:
            idle_for = monotonic() - idle_since
            assert idle_for >= 0
        else:
            handle(job)
            idle_since = monotonic()
