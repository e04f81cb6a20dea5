"""An async generator of arrivals, closed after the first."""

import asyncio
from contextlib import aclosing


async def arrivals(urls, fetch):
    pending = {asyncio.create_task(fetch(url)) for url in urls}
    try:
        while pending:
            done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                yield task.result()
    finally:
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)


async def first(urls, fetch):
    async with aclosing(arrivals(urls, fetch)) as results:
        return await anext(results)


def running():
    return sum(not task.done() for task in asyncio.all_tasks())


async def test_first():
    async def fetch(url):
        if url == "b":
            return "b!"
        await asyncio.Event().wait()

    before = running()
    assert await first(["a", "b", "c"], fetch) == "b!"
    await asyncio.sleep(0.1)
    assert running() - before == 0
