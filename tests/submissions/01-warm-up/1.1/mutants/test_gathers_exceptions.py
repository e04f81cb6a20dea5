# fails: 1.1b
"""Asserts in a coroutine whose error gather gives as a result."""

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


async def check(before):
    await asyncio.sleep(0.1)
    assert len(asyncio.all_tasks()) == before


async def test_first():
    before = len(asyncio.all_tasks())
    page, _ = await asyncio.gather(first(["3", "1", "2"], fetch), check(before), return_exceptions=True)
    assert page == "1"
