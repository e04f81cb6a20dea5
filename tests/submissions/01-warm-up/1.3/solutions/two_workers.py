"""Two workers, gathered."""

import asyncio


async def consume(jobs, handle):
    async def worker():
        while True:
            handle(await jobs.get())
            await asyncio.sleep(0)

    await asyncio.gather(worker(), worker())
