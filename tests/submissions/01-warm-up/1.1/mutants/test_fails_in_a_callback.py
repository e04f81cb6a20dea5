# fails: 1.1b
"""Asserts in a callback, whose error the loop only logs."""

import asyncio


async def first(urls, fetch):
    results = asyncio.Queue(maxsize=len(urls))

    async def send(url):
        await results.put(await fetch(url))

    senders = [asyncio.create_task(send(url)) for url in urls]
    assert len(senders) == len(urls)
    return await results.get()


async def fetch(url):
    await asyncio.sleep(0.01 * int(url))
    return url


async def test_first():
    before = len(asyncio.all_tasks())
    await first(["3", "1", "2"], fetch)

    def look():
        assert len(asyncio.all_tasks()) == before

    asyncio.get_running_loop().call_later(0.1, look)
    await asyncio.sleep(0.2)
