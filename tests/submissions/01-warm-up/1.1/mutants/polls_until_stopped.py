# fails: 1.1c
"""A helper polls, and the flag that ends it is set only if `first` fails."""

import asyncio


async def first(urls, fetch):
    tasks = [asyncio.create_task(fetch(url)) for url in urls]
    stopped = False

    async def report():
        while not stopped:
            await asyncio.sleep(0.05)

    _reporter = asyncio.create_task(report())
    try:
        done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    except BaseException:
        stopped = True
        raise
    for task in pending:
        task.cancel()
    return done.pop().result()


async def test_first():
    async def fetch(url):
        await asyncio.sleep(0.01 * int(url))
        return url

    before = len(asyncio.all_tasks())
    assert await first(["3", "1", "2"], fetch) == "1"
    await asyncio.sleep(0.1)
    assert len(asyncio.all_tasks()) == before
