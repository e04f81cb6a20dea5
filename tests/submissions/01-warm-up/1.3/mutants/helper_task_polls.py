# fails: 1.3a
"""Waits on an event that a helper task sets, which polls."""

import asyncio


async def consume(jobs, handle):
    there = asyncio.Event()

    async def look():
        while True:
            if not jobs.empty():
                there.set()
            await asyncio.sleep(0.008)

    looking = asyncio.create_task(look())
    try:
        while True:
            await there.wait()
            there.clear()
            while not jobs.empty():
                handle(jobs.get_nowait())
    finally:
        looking.cancel()
