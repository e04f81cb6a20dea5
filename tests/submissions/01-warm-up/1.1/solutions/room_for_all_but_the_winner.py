"""One place less than there are URLs will do, for one result is read; the test compares names of tasks."""

import asyncio
import gc


async def first(urls, fetch):
    results = asyncio.Queue(maxsize=len(urls) - 1)

    async def send(url):
        await results.put(await fetch(url))

    _senders = [asyncio.create_task(send(url)) for url in urls]
    return await results.get()


def names():
    return sorted(task.get_name() for task in asyncio.all_tasks())


async def test_first():
    async def fetch(url):
        await asyncio.sleep(0)
        return url

    before = names()
    for number in (1, 2, 5, 100):
        await asyncio.wait_for(first([str(n) for n in range(number)], fetch), timeout=1)
        await asyncio.sleep(0.1)
        gc.collect()
        assert names() == before
