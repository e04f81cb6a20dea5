"""A task for each job, in a group, eager where Python has them (3.12)."""

import asyncio
import sys


async def consume(jobs, handle):
    async def run(job):
        handle(job)

    loop = asyncio.get_running_loop()
    async with asyncio.TaskGroup() as group:
        while True:
            job = await jobs.get()
            if sys.version_info >= (3, 12):
                asyncio.Task(run(job), loop=loop, eager_start=True)
            else:
                group.create_task(run(job))
