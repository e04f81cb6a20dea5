# fails: 1.1a 1.1c
"""Puts a time limit round the fetch; it is the put that waits for ever."""

import asyncio


async def first(urls, fetch):
    results = asyncio.Queue(maxsize=1)

    async def send(url):
        await results.put(await asyncio.wait_for(fetch(url), timeout=5))

    _senders = [asyncio.create_task(send(url)) for url in urls]
    return await results.get()


async def test_first():
    async def fetch(url):
        await asyncio.sleep(0.01 * int(url))
        return url

    before = len(asyncio.all_tasks())
    assert await first(["3", "1", "2"], fetch) == "1"
    await asyncio.sleep(0.1)
    assert len(asyncio.all_tasks()) == before
