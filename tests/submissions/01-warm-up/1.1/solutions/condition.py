"""A Condition; the test waits for what is new and for no longer than 100 ms."""

import asyncio


async def first(urls, fetch):
    condition = asyncio.Condition()
    pages = {}

    async def send(url):
        page = await fetch(url)
        async with condition:
            pages.setdefault("first", page)
            condition.notify_all()

    senders = [asyncio.create_task(send(url)) for url in urls]
    async with condition:
        await condition.wait_for(lambda: pages)
    for sender in senders:
        sender.cancel()
    return pages["first"]


async def test_first():
    async def fetch(url):
        await asyncio.sleep(0.01)
        return url

    before = asyncio.all_tasks()
    await first(["a", "b"], fetch)
    new = asyncio.all_tasks() - before
    if new:
        _, late = await asyncio.wait(new, timeout=0.1)
        assert not late
