"""A second task that looks at the queue's length every two seconds, ended with the consumer."""

import asyncio


async def consume(jobs, handle):
    longest = 0

    async def watch():
        nonlocal longest
        while True:
            longest = max(longest, jobs.qsize())
            await asyncio.sleep(2)

    watcher = asyncio.create_task(watch())
    try:
        while True:
            handle(await jobs.get())
    finally:
        watcher.cancel()
