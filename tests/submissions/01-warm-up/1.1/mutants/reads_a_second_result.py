# fails: 1.1a 1.1c
"""A task takes one more result, so that one more sender can end."""

import asyncio


async def first(urls, fetch):
    results = asyncio.Queue(maxsize=1)

    async def send(url):
        await results.put(await fetch(url))

    for url in urls:
        asyncio.create_task(send(url))
    page = await results.get()
    if len(urls) > 1:
        asyncio.create_task(results.get())
    return page


async def test_first():
    async def fetch(url):
        await asyncio.sleep(0.01 * int(url))
        return url

    before = len(asyncio.all_tasks())
    assert await first(["3", "1", "2"], fetch) == "1"
    await asyncio.sleep(0.1)
    assert len(asyncio.all_tasks()) == before
