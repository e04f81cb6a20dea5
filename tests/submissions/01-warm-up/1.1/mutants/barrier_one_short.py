# fails: 1.1a 1.1c
"""Expects at the barrier more than come: the cancelled losers stay away, and `first` waits for them."""

import asyncio


async def first(urls, fetch):
    results = asyncio.Queue()
    ended = asyncio.Barrier(len(urls) + 1)

    async def send(url):
        results.put_nowait(await fetch(url))
        await ended.wait()

    senders = [asyncio.create_task(send(url)) for url in urls]
    page = await results.get()
    for sender in senders:
        sender.cancel()
    await ended.wait()
    return page


async def test_first():
    async def fetch(url):
        await asyncio.sleep(0.01 * int(url))
        return url

    before = len(asyncio.all_tasks())
    assert await first(["3", "1", "2"], fetch) == "1"
    await asyncio.sleep(0.1)
    assert len(asyncio.all_tasks()) == before
