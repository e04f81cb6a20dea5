# fails: 1.1a
"""Returns the last result to arrive."""

import asyncio


async def first(urls, fetch):
    tasks = [asyncio.create_task(fetch(url)) for url in urls]
    for arrived in asyncio.as_completed(tasks):
        result = await arrived
    return result


async def test_first():
    async def fetch(url):
        await asyncio.sleep(0.01 * int(url))
        return url

    before = len(asyncio.all_tasks())
    assert await first(["3", "1", "2"], fetch) == "1"
    await asyncio.sleep(0.1)
    assert len(asyncio.all_tasks()) == before
