# fails: 1.1a 1.1c
"""The losers wait on a condition that nobody notifies a second time."""

import asyncio


async def first(urls, fetch):
    pages = []
    changed = asyncio.Condition()

    async def send(url):
        page = await fetch(url)
        async with changed:
            await changed.wait_for(lambda: not pages)
            pages.append(page)
            changed.notify_all()

    _senders = [asyncio.create_task(send(url)) for url in urls]
    async with changed:
        await changed.wait_for(lambda: pages)
    return pages[0]


async def test_first():
    async def fetch(url):
        await asyncio.sleep(0.01 * int(url))
        return url

    before = len(asyncio.all_tasks())
    assert await first(["3", "1", "2"], fetch) == "1"
    await asyncio.sleep(0.1)
    assert len(asyncio.all_tasks()) == before
