# fails: 1.3a
"""A function in the executor looks every 20 ms whether there is a job, and tells the loop."""

import asyncio
import time


async def consume(jobs, handle):
    loop = asyncio.get_running_loop()
    there = asyncio.Event()
    stopped = False

    def look():
        while not stopped:
            if not jobs.empty():
                loop.call_soon_threadsafe(there.set)
            time.sleep(0.02)

    looking = loop.run_in_executor(None, look)
    try:
        while True:
            await there.wait()
            there.clear()
            while not jobs.empty():
                handle(jobs.get_nowait())
    finally:
        stopped = True
        await asyncio.shield(looking)
