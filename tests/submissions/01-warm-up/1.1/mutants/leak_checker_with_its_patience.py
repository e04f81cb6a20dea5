# fails: 1.1b
"""Uses the leak checker, which waits for a second."""

import asyncio

from course import leaks


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
    before = leaks.ignore_current()
    await first(["3", "1", "2"], fetch)
    await leaks.verify_none_async(before)
