# fails: 1.1a
"""Waits with FIRST_EXCEPTION, which is for all where none fails."""

import asyncio


async def first(urls, fetch):
    order = []

    async def send(url):
        order.append(await fetch(url))

    await asyncio.wait([asyncio.create_task(send(url)) for url in urls], return_when=asyncio.FIRST_EXCEPTION)
    return order[0]


async def test_first():
    async def fetch(url):
        await asyncio.sleep(0.01 * int(url))
        return url

    before = len(asyncio.all_tasks())
    assert await first(["3", "1", "2"], fetch) == "1"
    await asyncio.sleep(0.1)
    assert len(asyncio.all_tasks()) == before
