# fails: 1.1a 1.1c
"""Yields the result."""

import asyncio


async def first(urls, fetch):
    for page in asyncio.as_completed([asyncio.create_task(fetch(url)) for url in urls]):
        yield await page


async def fetch(url):
    await asyncio.sleep(0.01 * int(url))
    return url


async def test_first():
    before = len(asyncio.all_tasks())
    assert await first(["3", "1", "2"], fetch) == "1"
    await asyncio.sleep(0.1)
    assert len(asyncio.all_tasks()) == before
