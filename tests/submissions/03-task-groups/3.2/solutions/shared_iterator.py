"""`limit` workers take the next URL from one iterator."""

import asyncio


async def fetch_all(urls, fetch, limit=8):
    pages = [None] * len(urls)
    todo = iter(enumerate(urls))

    async def work():
        for place, url in todo:
            pages[place] = await fetch(url)

    async with asyncio.TaskGroup() as workers:
        for _ in range(min(limit, len(urls))):
            workers.create_task(work())
    return pages
