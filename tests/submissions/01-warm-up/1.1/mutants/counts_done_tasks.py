# fails: 1.1b
"""Looks for tasks that are done, which are never listed."""

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
    await first(["3", "1", "2"], fetch)
    await asyncio.sleep(0.1)
    assert not [task for task in asyncio.all_tasks() if task.done()]
