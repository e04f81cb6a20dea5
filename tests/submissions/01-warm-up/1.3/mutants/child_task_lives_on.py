# fails: 1.3b
"""Shields a child task that does the work, and does not end it."""

import asyncio


async def consume(jobs, handle):
    async def work():
        while True:
            handle(await jobs.get())

    await asyncio.shield(asyncio.create_task(work()))
