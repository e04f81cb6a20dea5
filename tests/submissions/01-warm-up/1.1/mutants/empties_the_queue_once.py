# fails: 1.1a 1.1c
"""Empties the queue before it returns, when the losers have not put yet."""

import asyncio


async def first(urls, fetch):
    results = asyncio.Queue(maxsize=1)

    async def send(url):
        await results.put(await fetch(url))

    _senders = [asyncio.create_task(send(url)) for url in urls]
    page = await results.get()
    while not results.empty():
        results.get_nowait()
    return page


async def test_first():
    async def fetch(url):
        await asyncio.sleep(0.01 * int(url))
        return url

    before = len(asyncio.all_tasks())
    assert await first(["3", "1", "2"], fetch) == "1"
    await asyncio.sleep(0.1)
    assert len(asyncio.all_tasks()) == before
