# fails: 1.1b
"""Has no test."""

import asyncio


async def first(urls, fetch):
    results = asyncio.Queue(maxsize=len(urls))

    async def send(url):
        await results.put(await fetch(url))

    senders = [asyncio.create_task(send(url)) for url in urls]
    assert len(senders) == len(urls)
    return await results.get()


async def check_first():
    await first(["3"], fetch=asyncio.sleep)
