"""A task a URL, kept in a list; their results are read when the group has ended."""

import asyncio


async def fetch_all(urls, fetch):
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(fetch(url)) for url in urls]
    return [task.result() for task in tasks]
