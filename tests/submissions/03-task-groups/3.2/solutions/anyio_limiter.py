"""anyio's task group and capacity limiter."""

import anyio


async def fetch_all(urls, fetch, limit=8):
    limiter = anyio.CapacityLimiter(limit)
    pages = dict.fromkeys(range(len(urls)))

    async def fetch_one(place, url):
        async with limiter:
            pages[place] = await fetch(url)

    async with anyio.create_task_group() as group:
        for place, url in enumerate(urls):
            group.start_soon(fetch_one, place, url)
    return list(pages.values())
