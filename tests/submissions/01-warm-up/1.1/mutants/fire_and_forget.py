# fails: 1.1a 1.1c
"""Ends the waiting with its own time limit, the senders not."""

import asyncio


async def first(urls, fetch):
    results = asyncio.Queue(maxsize=1)

    async def send(url):
        await results.put(await fetch(url))

    async with asyncio.timeout(10):
        for url in urls:
            asyncio.ensure_future(send(url))
        return await results.get()


async def test_first():
    async def fetch(url):
        await asyncio.sleep(0.01 * int(url))
        return url

    before = len(asyncio.all_tasks())
    assert await first(["3", "1", "2"], fetch) == "1"
    await asyncio.sleep(0.1)
    assert len(asyncio.all_tasks()) == before
