# fails: 1.1a
"""Returns the result of the first URL, not the first to arrive."""

import asyncio


async def first(urls, fetch):
    senders = [asyncio.create_task(fetch(url)) for url in urls]
    return await senders[0]


async def test_first():
    async def fetch(url):
        await asyncio.sleep(0.01 * int(url))
        return url

    before = len(asyncio.all_tasks())
    assert await first(["3", "1", "2"], fetch) == "1"
    await asyncio.sleep(0.1)
    assert len(asyncio.all_tasks()) == before
