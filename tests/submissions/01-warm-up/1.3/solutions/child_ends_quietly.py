"""The child in the group swallows its cancellation; the parent's is raised by the group."""

import asyncio


async def consume(jobs, handle):
    async def worker():
        try:
            while True:
                handle(await jobs.get())
        except asyncio.CancelledError:
            return

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(worker())
    except* ValueError:
        pass
