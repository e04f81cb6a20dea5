# fails: 1.1a
"""Starts the fetches 15 ms apart."""

import asyncio


async def first(urls, fetch):
    results = asyncio.Queue()

    async def send(url, delay):
        await asyncio.sleep(delay)
        results.put_nowait(await fetch(url))

    senders = [asyncio.create_task(send(url, 0.015 * number)) for number, url in enumerate(urls)]
    try:
        return await results.get()
    finally:
        for sender in senders:
            sender.cancel()


async def test_first():
    async def fetch(url):
        await asyncio.sleep(0.01 * int(url))
        return url

    before = len(asyncio.all_tasks())
    assert await first(["3", "1", "2"], fetch) == "1"
    await asyncio.sleep(0.1)
    assert len(asyncio.all_tasks()) == before
