"""A task that has fetched its URL starts the task of the next one."""

import asyncio


async def fetch_all(urls, fetch, limit=8):
    out = dict.fromkeys(range(len(urls)))

    async def run(i):
        out[i] = await fetch(urls[i])
        nxt = next(order, None)
        if nxt is not None:
            group.create_task(run(nxt))

    order = iter(range(len(urls)))
    async with asyncio.TaskGroup() as group:
        for _, i in zip(range(limit), order, strict=False):
            group.create_task(run(i))
    return list(out.values())
