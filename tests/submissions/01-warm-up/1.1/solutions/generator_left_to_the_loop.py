"""An async generator that is simply dropped: the loop's hook closes it, and its `finally` cancels the losers."""

import asyncio


async def arrivals(urls, fetch):
    tasks = [asyncio.create_task(fetch(url)) for url in urls]
    try:
        for arrived in asyncio.as_completed(tasks):
            yield await arrived
    finally:
        for task in tasks:
            task.cancel()


async def first(urls, fetch):
    async for page in arrivals(urls, fetch):
        return page


async def test_first():
    async def fetch(url):
        try:
            await asyncio.sleep(float(url))
        finally:
            finished.append(url)
        return url

    finished = []
    baseline = len(asyncio.all_tasks())
    assert await first(["0.03", "0.01", "0.02"], fetch) == "0.01"
    await asyncio.sleep(0.1)
    assert len(asyncio.all_tasks()) == baseline
