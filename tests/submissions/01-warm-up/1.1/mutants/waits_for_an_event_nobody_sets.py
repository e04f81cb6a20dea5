# fails: 1.1c
"""A helper waits for an event that nobody sets."""

import asyncio


async def first(urls, fetch):
    results = asyncio.Queue()
    closed = asyncio.Event()

    async def send(url):
        await results.put(await fetch(url))

    async def close_up():
        await closed.wait()
        results.task_done()

    asyncio.create_task(close_up())
    for url in urls:
        asyncio.create_task(send(url))
    return await results.get()


async def test_first():
    async def fetch(url):
        await asyncio.sleep(0.01 * int(url))
        return url

    before = len(asyncio.all_tasks())
    assert await first(["3", "1", "2"], fetch) == "1"
    await asyncio.sleep(0.1)
    assert len(asyncio.all_tasks()) == before
