# fails: 1.1a
"""gather, and the first of the list."""

import asyncio


async def first(urls, fetch):
    results = await asyncio.gather(*(fetch(url) for url in urls))
    return results[0]


async def test_first():
    async def fetch(url):
        await asyncio.sleep(0.01 * int(url))
        return url

    before = len(asyncio.all_tasks())
    assert await first(["3", "1", "2"], fetch) == "1"
    await asyncio.sleep(0.1)
    assert len(asyncio.all_tasks()) == before
