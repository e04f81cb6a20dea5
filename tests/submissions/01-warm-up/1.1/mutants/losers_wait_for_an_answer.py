# fails: 1.1a 1.1c
"""Every sender waits until its result is taken, and only one is."""

import asyncio


async def first(urls, fetch):
    results = asyncio.Queue()

    async def send(url):
        taken = asyncio.Event()
        await results.put((await fetch(url), taken))
        await taken.wait()

    _senders = [asyncio.create_task(send(url)) for url in urls]
    result, taken = await results.get()
    taken.set()
    return result


async def test_first():
    async def fetch(url):
        await asyncio.sleep(0.01 * int(url))
        return url

    before = len(asyncio.all_tasks())
    assert await first(["3", "1", "2"], fetch) == "1"
    await asyncio.sleep(0.1)
    assert len(asyncio.all_tasks()) == before
