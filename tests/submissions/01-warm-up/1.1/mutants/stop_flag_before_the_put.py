# fails: 1.1c
"""Each sender looks at an event before it puts: results that arrive in the same turn leave senders stuck."""

import asyncio


async def first(urls, fetch):
    queue = asyncio.Queue(maxsize=1)
    stop = asyncio.Event()

    async def send(url):
        page = await fetch(url)
        if not stop.is_set():
            await queue.put(page)

    for url in urls:
        asyncio.create_task(send(url))
    page = await queue.get()
    stop.set()
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
