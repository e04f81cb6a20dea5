"""Decorated functions, and time taken with perf_counter."""

import asyncio
import functools
from time import perf_counter


def timed(function):
    @functools.wraps(function)
    async def wrapper(*args, **kwargs):
        start = perf_counter()
        try:
            return await function(*args, **kwargs)
        finally:
            wrapper.seconds = perf_counter() - start

    return wrapper


def leaves_no_task(within):
    def decorate(test):
        @functools.wraps(test)
        async def checked():
            baseline = asyncio.all_tasks()
            await test()
            end = perf_counter() + within
            while perf_counter() < end:
                await asyncio.sleep(end - perf_counter())
            assert asyncio.all_tasks() == baseline

        return checked

    return decorate


@timed
async def first(urls, fetch):
    results = asyncio.Queue(len(urls))
    senders = [asyncio.create_task(timed(fetch)(url)) for url in urls]
    for sender in senders:
        sender.add_done_callback(lambda task: task.cancelled() or results.put_nowait(task.result()))
    return await results.get()


@leaves_no_task(within=0.1)
async def test_first():
    @timed
    async def fetch(url):
        await asyncio.sleep(int(url) / 1000)
        return url

    assert await first(["9", "5", "7"], fetch) == "5"
