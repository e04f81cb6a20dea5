# fails: 1.1c
"""A second task that waits for a result is never cancelled."""

import asyncio


async def first(urls, fetch):
    results = asyncio.Queue()

    async def send(url):
        await results.put(await fetch(url))

    _senders = [asyncio.create_task(send(url)) for url in urls]
    getters = [asyncio.create_task(results.get()) for _ in range(len(urls) + 1)]
    done, _ = await asyncio.wait(getters, return_when=asyncio.FIRST_COMPLETED)
    return done.pop().result()


async def test_first():
    async def fetch(url):
        await asyncio.sleep(0.01 * int(url))
        return url

    before = len(asyncio.all_tasks())
    assert await first(["3", "1", "2"], fetch) == "1"
    await asyncio.sleep(0.1)
    assert len(asyncio.all_tasks()) == before
