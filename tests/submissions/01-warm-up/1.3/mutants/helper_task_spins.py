# fails: 1.3a 1.3c
"""A helper task spins beside the one that waits."""

import asyncio


async def consume(jobs, handle):
    async def watch():
        while True:
            await asyncio.sleep(0)

    watching = asyncio.create_task(watch())
    try:
        while True:
            handle(await jobs.get())
    finally:
        watching.cancel()
