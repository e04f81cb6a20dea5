# fails: 1.1a
"""Looks at the tasks every 100 ms and returns the first in the list that is done."""

import asyncio


async def first(urls, fetch):
    tasks = [asyncio.create_task(fetch(url)) for url in urls]
    while True:
        await asyncio.sleep(0.1)
        for task in tasks:
            if task.done():
                return task.result()


async def test_first():
    async def fetch(url):
        await asyncio.sleep(0.01 * int(url))
        return url

    before = len(asyncio.all_tasks())
    assert await first(["3", "1", "2"], fetch) == "1"
    await asyncio.sleep(0.1)
    assert len(asyncio.all_tasks()) == before
