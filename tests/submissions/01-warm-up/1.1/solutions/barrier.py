"""The senders meet at a barrier before they end; the test samples in a task of its own and counts threads as well."""

import asyncio
import threading

import psutil


async def first(urls, fetch):
    arrived = asyncio.Queue()
    ended = asyncio.Barrier(len(urls) + 1)

    async def send(url):
        fetching = asyncio.ensure_future(fetch(url))
        fetches.append(fetching)
        await asyncio.wait([fetching])
        if not fetching.cancelled():
            arrived.put_nowait(fetching.result())
        await ended.wait()

    fetches = []
    senders = [asyncio.create_task(send(url)) for url in urls]
    page = await arrived.get()
    for fetching in fetches:
        fetching.cancel()
    await ended.wait()
    await asyncio.wait(senders)
    return page


async def test_first():
    async def fetch(url):
        await asyncio.sleep(0.01 * int(url))
        return url

    samples = []

    async def sample():
        while True:
            samples.append((len(asyncio.all_tasks()), threading.active_count(), psutil.Process().num_threads()))
            await asyncio.sleep(0.01)

    sampling = asyncio.create_task(sample())
    await asyncio.sleep(0)
    await first(["3", "1", "2"], fetch)
    await asyncio.sleep(0.1)
    sampling.cancel()
    assert samples[-1] == samples[0]
