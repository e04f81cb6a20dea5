# fails: 1.3a
"""Waits on the queue, and has a second task that looks at its length every 100 ms."""

import asyncio


async def consume(jobs, handle):
    longest = 0

    async def watch():
        nonlocal longest
        while True:
            longest = max(longest, jobs.qsize())
            await asyncio.sleep(0.1)

    watcher = asyncio.create_task(watch())
    try:
        while True:
            handle(await jobs.get())
    finally:
        watcher.cancel()
