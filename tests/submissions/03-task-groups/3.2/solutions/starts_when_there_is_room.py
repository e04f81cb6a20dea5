"""A task is made only when a slot is free: the caller takes the slot, the task's end gives it back."""

import asyncio


async def fetch_all(urls, fetch, limit=8):
    room = asyncio.BoundedSemaphore(limit)
    tasks = []
    async with asyncio.TaskGroup() as group:
        for url in urls:
            await room.acquire()
            task = group.create_task(fetch(url))
            task.add_done_callback(lambda _: room.release())
            tasks.append(task)
    return [task.result() for task in tasks]
