"""asyncio.as_completed; the test uses pytest's helpers."""

import asyncio

import pytest


async def first(urls, fetch):
    tasks = [asyncio.create_task(fetch(url)) for url in urls]
    for earliest in asyncio.as_completed(tasks):
        winner = await earliest
        break
    losers = [task for task in tasks if not task.done()]
    for loser in losers:
        loser.cancel()
    await asyncio.gather(*losers, return_exceptions=True)
    return winner


async def test_first():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXAMPLE", "1")
        delays = dict(zip("abcdef", (0.5, 0.4, 0.02, 0.3, 0.2, 0.1), strict=True))

        async def fetch(url):
            await asyncio.sleep(delays[url])
            return f"page {url}"

        count = len(asyncio.all_tasks())
        assert await first(list(delays), fetch) == "page c"
        await asyncio.sleep(0.1)
        if len(asyncio.all_tasks()) > count:
            pytest.fail("a sender is left")
