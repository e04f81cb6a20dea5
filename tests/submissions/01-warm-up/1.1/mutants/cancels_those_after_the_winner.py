# fails: 1.1a 1.1c
"""Cancels the losers that stand after the winner in the list."""

import asyncio


async def first(urls, fetch):
    results = asyncio.Queue(maxsize=1)

    async def send(url):
        await results.put((url, await fetch(url)))

    senders = [asyncio.create_task(send(url)) for url in urls]
    winner, page = await results.get()
    for sender in senders[urls.index(winner) + 1 :]:
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
