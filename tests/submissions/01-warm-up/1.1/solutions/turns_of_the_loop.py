"""A test whose losers fail, and which waits by turns of the loop."""

import asyncio
import time


async def first(urls, fetch):
    results = asyncio.Queue()

    async def send(url):
        await results.put(await fetch(url))

    senders = [asyncio.create_task(send(url)) for url in urls]
    page = await results.get()
    for sender in senders:
        sender.cancel()
    await asyncio.wait(senders)
    return page


async def test_first():
    async def fetch(url):
        await asyncio.sleep(0.01)
        if url != "good":
            await asyncio.sleep(0.01)
            raise OSError(url)
        return url

    me = asyncio.current_task()
    before = asyncio.all_tasks() - {me}
    assert await asyncio.create_task(first(["good", "bad"], fetch), name="first") == "good"
    end = time.time() + 0.1
    while time.time() < end:
        await asyncio.sleep(0)
    assert not asyncio.all_tasks() - before - {me}
