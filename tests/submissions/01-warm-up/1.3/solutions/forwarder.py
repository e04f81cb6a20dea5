"""Two tasks, one that forwards and one that handles, both ended with the consumer."""

import asyncio
from contextlib import AsyncExitStack


async def consume(jobs, handle):
    inbox = asyncio.Queue()

    async def forward():
        while True:
            await inbox.put(await jobs.get())

    async def work():
        while True:
            handle(await inbox.get())

    async def end(task):
        task.cancel()
        await asyncio.wait([task])

    async with AsyncExitStack() as stack:
        tasks = [asyncio.create_task(forward()), asyncio.create_task(work())]
        for task in tasks:
            stack.push_async_callback(end, task)
        await asyncio.gather(*tasks)
