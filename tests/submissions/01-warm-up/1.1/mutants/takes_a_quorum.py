# fails: 1.1a
"""Waits for two results where there are more than two URLs."""

import asyncio


async def first(urls, fetch):
    results = asyncio.Queue()

    async def send(url):
        await results.put(await fetch(url))

    senders = [asyncio.create_task(send(url)) for url in urls]
    assert senders
    pages = [await results.get() for _ in urls[:2]]
    return pages[0]


async def fetch(url):
    await asyncio.sleep(0.01 * int(url))
    return url


async def test_first():
    before = len(asyncio.all_tasks())
    assert await first(["3", "1", "2"], fetch) == "1"
    await asyncio.sleep(0.1)
    assert len(asyncio.all_tasks()) == before
