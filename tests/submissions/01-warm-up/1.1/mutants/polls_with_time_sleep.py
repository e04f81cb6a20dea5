# fails: 1.1a
"""Looks every 20 ms, and sleeps with time.sleep between the looks."""

import asyncio
import time


async def first(urls, fetch):
    results = asyncio.Queue()

    async def send(url):
        results.put_nowait(await fetch(url))

    _senders = [asyncio.create_task(send(url)) for url in urls]
    while results.empty():
        await asyncio.sleep(0)
        time.sleep(0.02)
    return results.get_nowait()


async def test_first():
    async def fetch(url):
        await asyncio.sleep(0.01 * int(url))
        return url

    before = len(asyncio.all_tasks())
    assert await first(["3", "1", "2"], fetch) == "1"
    await asyncio.sleep(0.1)
    assert len(asyncio.all_tasks()) == before
