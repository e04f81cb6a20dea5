# fails: 1.3b
"""asyncio.wait does not cancel what it waits for."""

import asyncio


async def consume(jobs, handle):
    async def worker():
        while True:
            handle(await jobs.get())

    workers = {asyncio.create_task(worker()) for _ in range(3)}
    await asyncio.wait(workers)
