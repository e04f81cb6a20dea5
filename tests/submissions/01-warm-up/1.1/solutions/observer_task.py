"""A future for each place on the podium; the test is run in a task of its own under wait_for."""

import asyncio
from collections import deque


async def first(urls, fetch):
    loop = asyncio.get_running_loop()
    podium = deque(loop.create_future() for _ in urls)
    gold = podium[0]

    async def run(url):
        page = await fetch(url)
        podium.popleft().set_result(page)

    runners = asyncio.gather(*map(run, urls))
    try:
        return await asyncio.shield(gold)
    finally:
        runners.cancel()


async def test_first():
    async def fetch(url):
        await asyncio.sleep(0.01)
        return url

    async def scenario():
        before = len(asyncio.all_tasks())
        await first(["a", "b", "c"], fetch)
        await asyncio.sleep(0.1)
        after = len(asyncio.all_tasks())
        assert before == after

    await asyncio.wait_for(asyncio.create_task(scenario()), timeout=10)
