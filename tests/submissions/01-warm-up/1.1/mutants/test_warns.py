# fails: 1.1b
"""Warns where it should fail."""

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
    import warnings

    before = len(asyncio.all_tasks())
    await first(["3", "1", "2"], fetch)
    await asyncio.sleep(0.1)
    if len(asyncio.all_tasks()) > before:
        warnings.warn("a sender is left", stacklevel=2)
