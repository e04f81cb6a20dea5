# fails: 1.1a 1.1c
"""asyncio.run in a plain function, where a loop is running."""

import asyncio


def first(urls, fetch):
    async def race():
        return await anext(iter(asyncio.as_completed(map(fetch, urls))))

    return asyncio.run(race())


async def fetch(url):
    await asyncio.sleep(0.01 * int(url))
    return url


async def test_first():
    before = len(asyncio.all_tasks())
    assert await first(["3", "1", "2"], fetch) == "1"
    await asyncio.sleep(0.1)
    assert len(asyncio.all_tasks()) == before
