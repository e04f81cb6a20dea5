# fails: 1.1a 1.1c
"""Shields the sender as a whole, so that cancelling does not reach it."""

import asyncio


async def first(urls, fetch):
    results = asyncio.Queue(maxsize=1)

    async def send(url):
        await results.put(await fetch(url))

    async def protect(url):
        await asyncio.shield(send(url))

    senders = [asyncio.create_task(protect(url)) for url in urls]
    page = await results.get()
    for sender in senders:
        sender.cancel()
    return page


async def fetch(url):
    await asyncio.sleep(0.01 * int(url))
    return url


async def test_first():
    before = len(asyncio.all_tasks())
    assert await first(["3", "1", "2"], fetch) == "1"
    await asyncio.sleep(0.1)
    assert len(asyncio.all_tasks()) == before
