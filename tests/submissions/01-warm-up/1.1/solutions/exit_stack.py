"""An AsyncExitStack that cancels and awaits each loser; the test is sync and has a loop of its own."""

import asyncio
import contextlib


async def end(task):
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def first(urls, fetch):
    async with contextlib.AsyncExitStack() as stack:
        tasks = []
        for url in urls:
            tasks.append(asyncio.create_task(fetch(url)))
            stack.push_async_callback(end, tasks[-1])
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        return next(iter(done)).result()


def test_first():
    async def fetch(url):
        await asyncio.sleep(int(url) / 100)
        return url

    async def main():
        before = asyncio.all_tasks()
        assert await first(["4", "2", "3"], fetch) == "2"
        await asyncio.sleep(0.1)
        assert asyncio.all_tasks() <= before

    asyncio.run(main())
