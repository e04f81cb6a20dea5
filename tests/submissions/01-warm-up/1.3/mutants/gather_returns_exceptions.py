# fails: 1.3b
"""gather(return_exceptions=True) round a getter that is cancelled gives the error as a result."""

import asyncio


async def consume(jobs, handle):
    async def work():
        while True:
            handle(await jobs.get())

    working = asyncio.create_task(work())
    try:
        await working
    finally:
        working.cancel()
        (error,) = await asyncio.gather(working, return_exceptions=True)
        return error
