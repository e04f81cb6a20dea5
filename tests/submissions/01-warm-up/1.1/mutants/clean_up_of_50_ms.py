# fails: 1.1a
"""Cancels the losers, whose clean-up takes 50 ms, and waits for it."""

import asyncio


async def first(urls, fetch):
    results = asyncio.Queue()

    async def send(url):
        try:
            await results.put(await fetch(url))
        finally:
            await asyncio.sleep(0.05)

    senders = [asyncio.create_task(send(url)) for url in urls]
    page = await results.get()
    for sender in senders:
        sender.cancel()
    await asyncio.wait(senders)
    return page


async def fetch(url):
    await asyncio.sleep(0.01 * int(url))
    return url


async def test_first():
    before = len(asyncio.all_tasks())
    assert await first(["3", "1", "2"], fetch) == "1"
    await asyncio.sleep(0.1)
    assert len(asyncio.all_tasks()) == before
