# fails: 1.1c
"""A task that reports once a minute is never ended."""

import asyncio
import logging


async def first(urls, fetch):
    results = asyncio.Queue()

    async def send(url):
        await results.put(await fetch(url))

    async def watch():
        while True:
            await asyncio.sleep(60)
            logging.info("%d results", results.qsize())

    _watcher = asyncio.create_task(watch())
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
