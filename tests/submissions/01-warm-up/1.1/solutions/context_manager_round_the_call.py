"""A test that waits for what is new within wait_for, in a context manager of its own."""

import asyncio
import contextlib


async def first(urls, fetch):
    results = asyncio.Queue()

    async def send(url):
        await results.put(await fetch(url))

    senders = [asyncio.create_task(send(url)) for url in urls]
    page = await results.get()
    for sender in senders:
        sender.cancel()
    await asyncio.wait(senders)
    return page


@contextlib.asynccontextmanager
async def no_new_tasks(within):
    before = asyncio.all_tasks()
    yield
    new = asyncio.all_tasks() - before
    await asyncio.wait_for(asyncio.gather(*new), within)


async def test_first():
    async with no_new_tasks(within=0.1):
        await first(["a"], lambda url: asyncio.sleep(0.02, url))
