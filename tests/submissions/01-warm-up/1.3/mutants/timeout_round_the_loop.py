# fails: 1.3a
"""One time limit of 30 s round the whole loop."""

import asyncio


async def consume(jobs, handle):
    async with asyncio.timeout(30):
        while True:
            handle(await jobs.get())
