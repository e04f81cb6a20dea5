# fails: 1.1a 1.1c
"""The winner takes a lock and never gives it back."""

import asyncio


async def first(urls, fetch):
    results = asyncio.Queue()
    won = asyncio.Lock()

    async def send(url):
        page = await fetch(url)
        await won.acquire()
        results.put_nowait(page)

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
