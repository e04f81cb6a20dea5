"""A queue of one, into which losers do not insist on putting theirs."""

import asyncio
import contextlib


async def first(urls, fetch):
    box = asyncio.Queue(maxsize=1)

    async def send(url):
        page = await fetch(url)
        with contextlib.suppress(asyncio.QueueFull):
            box.put_nowait(page)

    async with contextlib.AsyncExitStack() as stack:
        for url in urls:
            stack.callback(asyncio.create_task(send(url)).cancel)
        return await box.get()


async def count_after(seconds):
    await asyncio.sleep(seconds)
    return len(asyncio.all_tasks())


async def test_first():
    async def quick(url):
        await asyncio.sleep(0)
        return url

    before = await count_after(0)
    await first(["a", "b", "c"], quick)
    assert await count_after(0.1) == before, "a sender is still alive 100 ms later"
