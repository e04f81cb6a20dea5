# fails: 1.1c
"""A task that would cancel the senders after 30 s lives that long."""

import asyncio


async def first(urls, fetch):
    results = asyncio.Queue()

    async def send(url):
        await results.put(await fetch(url))

    senders = [asyncio.create_task(send(url)) for url in urls]

    async def expire():
        await asyncio.sleep(30)
        for sender in senders:
            sender.cancel()

    _limit = asyncio.create_task(expire())
    return await results.get()


async def test_first():
    async def fetch(url):
        await asyncio.sleep(0.01 * int(url))
        return url

    before = len(asyncio.all_tasks())
    assert await first(["3", "1", "2"], fetch) == "1"
    await asyncio.sleep(0.1)
    assert len(asyncio.all_tasks()) == before
