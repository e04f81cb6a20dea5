"""The next get is under way while a job is handled."""

import asyncio


async def consume(jobs, handle):
    async with asyncio.TaskGroup() as group:
        following = group.create_task(jobs.get())
        while True:
            job = await following
            following = group.create_task(jobs.get())
            handle(job)
