"""A task a URL; a semaphore lets `limit` of them fetch."""

import asyncio


async def fetch_all(urls, fetch, limit=8):
    slots = asyncio.Semaphore(limit)

    async def fetch_one(url):
        async with slots:
            return await fetch(url)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(fetch_one(url)) for url in urls]
    return [task.result() for task in tasks]
