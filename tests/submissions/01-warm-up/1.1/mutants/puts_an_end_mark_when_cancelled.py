# fails: 1.1a 1.1c
"""A cancelled sender puts None, into a queue that is full."""

import asyncio


async def first(urls, fetch):
    results = asyncio.Queue(maxsize=1)

    async def send(url):
        try:
            await results.put(await fetch(url))
        except asyncio.CancelledError:
            await results.put(None)

    senders = [asyncio.create_task(send(url)) for url in urls]
    page = await results.get()
    for sender in senders:
        sender.cancel()
    return page


async def test_first():
    async def fetch(url):
        await asyncio.sleep(0.01 * int(url))
        return url

    before = len(asyncio.all_tasks())
    assert await first(["3", "1", "2"], fetch) == "1"
    await asyncio.sleep(0.1)
    assert len(asyncio.all_tasks()) == before
