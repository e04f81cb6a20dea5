# fails: 1.1b
"""Counts the tasks of another loop than that of the senders."""

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


async def count():
    await asyncio.sleep(0.1)
    return len(asyncio.all_tasks())


def test_first():
    before = asyncio.run(count())
    asyncio.run(first(["3", "1", "2"], fetch))
    assert asyncio.run(count()) == before
