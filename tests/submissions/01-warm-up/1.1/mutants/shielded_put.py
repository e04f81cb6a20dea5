# fails: 1.1a 1.1c
"""Cancels the losers, but shields what they wait in."""

import asyncio


async def first(urls, fetch):
    results = asyncio.Queue(maxsize=1)

    async def send(url):
        page = await asyncio.shield(fetch(url))
        await asyncio.shield(results.put(page))

    senders = [asyncio.shield(send(url)) for url in urls]
    try:
        return await results.get()
    finally:
        for sender in senders:
            sender.cancel()


async def test_first():
    async def fetch(url):
        await asyncio.sleep(0.01 * int(url))
        return url

    before = len(asyncio.all_tasks())
    assert await first(["3", "1", "2"], fetch) == "1"
    await asyncio.sleep(0.1)
    assert len(asyncio.all_tasks()) == before
