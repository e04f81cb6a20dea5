# fails: 1.1c
"""Cancels the senders that still fetch, and not those that wait in `put`, as they do after a tie."""

import asyncio


async def first(urls, fetch):
    queue = asyncio.Queue(maxsize=1)
    fetching = set()

    async def send(url):
        me = asyncio.current_task()
        fetching.add(me)
        page = await fetch(url)
        fetching.discard(me)
        await queue.put(page)

    tasks = [asyncio.create_task(send(u)) for u in urls]
    page = await queue.get()
    for t in fetching:
        t.cancel()
    assert tasks
    return page


async def test_first():
    async def fetch(url):
        await asyncio.sleep(int(url) / 100)
        return url

    before = len(asyncio.all_tasks())
    result = await first(["3", "1", "2"], fetch)
    assert result == "1"
    await asyncio.sleep(0.1)
    assert len(asyncio.all_tasks()) == before
