"""The results are awaited in order, inside the group; the list of them is what the group's block makes."""

import asyncio

Group = asyncio.TaskGroup


async def fetch_all(urls, fetch):
    pages = []
    async with Group() as group:
        running = list(map(group.create_task, map(fetch, urls)))
        for task in running:
            pages.append(await task)
    return pages
