# fails: 1.1a 1.1c
"""The losers are cancelled, and try again."""

import asyncio


async def first(urls, fetch):
    results = asyncio.Queue(maxsize=1)

    async def send(url):
        page = None
        while True:
            try:
                page = page or await fetch(url)
                return await results.put(page)
            except asyncio.CancelledError:
                continue

    senders = [asyncio.create_task(send(url)) for url in urls]
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
