"""A farewell of 50 ms, shielded and awaited."""

import asyncio


async def farewell():
    await asyncio.sleep(0.05)


async def consume(jobs, handle):
    try:
        while True:
            handle(await asyncio.wait_for(jobs.get(), None))
    finally:
        await asyncio.shield(farewell())
