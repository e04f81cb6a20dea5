# fails: 1.1a
"""Fetches the URLs one after another, and returns the first."""

import asyncio


async def first(urls, fetch):
    results = asyncio.Queue()
    for url in urls:
        await results.put(await fetch(url))
    return await results.get()


async def test_first():
    async def fetch(url):
        await asyncio.sleep(0.01 * int(url))
        return url

    before = len(asyncio.all_tasks())
    assert await first(["3", "1", "2"], fetch) == "1"
    await asyncio.sleep(0.1)
    assert len(asyncio.all_tasks()) == before
