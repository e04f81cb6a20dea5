# fails: 1.1c
"""A task takes the results of the losers, and waits for more."""

import asyncio


async def first(urls, fetch):
    results = asyncio.Queue(maxsize=1)

    async def send(url):
        await results.put(await fetch(url))

    async def drain():
        while True:
            await results.get()

    _senders = [asyncio.create_task(send(url)) for url in urls]
    result = await results.get()
    _drain = asyncio.create_task(drain())
    return result


async def test_first():
    async def fetch(url):
        await asyncio.sleep(0.01 * int(url))
        return url

    before = len(asyncio.all_tasks())
    assert await first(["3", "1", "2"], fetch) == "1"
    await asyncio.sleep(0.1)
    assert len(asyncio.all_tasks()) == before
