# fails: 1.3b
"""A task that forwards the jobs is left behind, and goes on taking them."""

import asyncio


async def consume(jobs, handle):
    inbox = asyncio.Queue()

    async def forward():
        while True:
            await inbox.put(await jobs.get())

    _forwarding = asyncio.create_task(forward())
    while True:
        handle(await inbox.get())
