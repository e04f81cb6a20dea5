# fails: 1.1a
"""Cancels all but the first task that it has started."""

import asyncio


async def first(urls, fetch):
    tasks = [asyncio.create_task(fetch(url)) for url in urls]
    await asyncio.sleep(0)
    for task in tasks[1:]:
        task.cancel()
    return await tasks[0]


async def test_first():
    async def fetch(url):
        await asyncio.sleep(0.01 * int(url))
        return url

    before = len(asyncio.all_tasks())
    assert await first(["3", "1", "2"], fetch) == "1"
    await asyncio.sleep(0.1)
    assert len(asyncio.all_tasks()) == before
