# fails: 1.1a
"""An event for all calls: set by the first call, it is set for all that follow."""

import asyncio

arrived = asyncio.Event()
pages = []


async def first(urls, fetch):
    async def send(url):
        pages.append(await fetch(url))
        arrived.set()

    senders = [asyncio.create_task(send(url)) for url in urls]
    await arrived.wait()
    for sender in senders:
        sender.cancel()
    return pages[-1]


async def test_first():
    async def fetch(url):
        await asyncio.sleep(0.01 * int(url))
        return url

    before = len(asyncio.all_tasks())
    assert await first(["3", "1", "2"], fetch) == "1"
    await asyncio.sleep(0.1)
    assert len(asyncio.all_tasks()) == before
