# fails: 1.1c
"""Makes an executor and does not shut it down."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

pools = []


async def first(urls, fetch):
    pools.append(ThreadPoolExecutor(1, thread_name_prefix="counter"))
    size = pools[-1].submit(len, urls)
    results = asyncio.Queue(maxsize=size.result())

    async def send(url):
        await results.put(await fetch(url))

    _senders = [asyncio.create_task(send(url)) for url in urls]
    return await results.get()


async def test_first():
    async def fetch(url):
        await asyncio.sleep(0.01 * int(url))
        return url

    before = len(asyncio.all_tasks())
    assert await first(["3", "1", "2"], fetch) == "1"
    await asyncio.sleep(0.1)
    assert len(asyncio.all_tasks()) == before
