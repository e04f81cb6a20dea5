"""A worker in a TaskGroup."""

import asyncio


async def consume(jobs, handle):
    async def worker():
        while True:
            handle(await jobs.get())

    async with asyncio.TaskGroup() as group:
        group.create_task(worker())
