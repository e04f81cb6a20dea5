"""A priority queue without a limit; the test pauses, and asks the leak checker just once."""

import asyncio
import itertools

from course import leaks

number = itertools.count()


async def first(urls, fetch):
    arrivals = asyncio.PriorityQueue()

    async def send(url):
        page = await fetch(url)
        await arrivals.put((next(number), page))

    tasks = set(map(asyncio.create_task, map(send, urls)))
    _, page = await arrivals.get()
    for task in tasks:
        task.cancel()
    return page


async def test_first():
    async def fetch(url):
        await asyncio.sleep(0.01 * int(url))
        return url

    before = leaks.ignore_current()
    await first(["3", "1", "2"], fetch)
    await asyncio.sleep(0.1)
    assert leaks.find(before, kinds=["task"], tries=0) == []
