# fails: 1.3b
"""Takes 200 ms to clean up."""

import asyncio


async def consume(jobs, handle):
    try:
        while True:
            handle(await jobs.get())
    finally:
        await asyncio.sleep(0.2)
