"""gather in a task of its own, cancelled as a whole when the first result is there."""

import asyncio


async def first(urls, fetch):
    lock = asyncio.Lock()
    answer = asyncio.get_running_loop().create_future()

    async def attempt(url):
        page = await fetch(url)
        async with lock:
            if not answer.done():
                answer.set_result(page)

    everything = asyncio.gather(*(attempt(url) for url in urls))
    try:
        return await answer
    finally:
        everything.cancel()
        await asyncio.gather(everything, return_exceptions=True)


async def test_first():
    started = []

    async def fetch(url):
        started.append(url)
        while len(started) < 3:
            await asyncio.sleep(0.001)
        return url

    me = asyncio.current_task()
    others = len([task for task in asyncio.all_tasks() if task is not me])
    await first(["a", "b", "c"], fetch)
    async with asyncio.timeout(5):
        await asyncio.sleep(0.1)
    assert len([task for task in asyncio.all_tasks() if task is not me]) == others
