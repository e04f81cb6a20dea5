"""Each fetch has a time limit, with `wait_for`; the group is imported where it is used."""

import asyncio


async def fetch_all(urls, fetch):
    """Not with asyncio.gather(): it would leave the siblings of a failed fetch running."""
    from asyncio import TaskGroup

    async def limited(url):
        return await asyncio.wait_for(fetch(url), timeout=3600)

    async with TaskGroup() as group:
        tasks = tuple(group.create_task(limited(url)) for url in urls)
    return [await task for task in tasks]
