# fails: 1.1a
"""A variable that every sender writes: the losers that arrive in the same pause win."""

import asyncio


async def first(urls, fetch):
    page = None

    async def send(url):
        nonlocal page
        page = await fetch(url)

    tasks = [asyncio.create_task(send(url)) for url in urls]
    while page is None:
        await asyncio.sleep(0.015)
    for task in tasks:
        task.cancel()
    return page


async def test_first():
    async def fetch(url):
        await asyncio.sleep(0.01 * int(url))
        return url

    before = len(asyncio.all_tasks())
    assert await first(["3", "1", "2"], fetch) == "1"
    await asyncio.sleep(0.1)
    assert len(asyncio.all_tasks()) == before
