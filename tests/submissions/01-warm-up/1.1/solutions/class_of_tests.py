"""A test in a class marked for pytest, with a class that counts and asyncio.timeout."""

import asyncio

import pytest


async def first(urls, fetch):
    results = asyncio.Queue()

    async def send(url):
        await results.put(await fetch(url))

    senders = [asyncio.create_task(send(url)) for url in urls]
    page = await results.get()
    for sender in senders:
        sender.cancel()
    await asyncio.wait(senders)
    return page


class Census:
    def __init__(self):
        self.baseline = self.count()

    @staticmethod
    def count():
        return len([t for t in asyncio.all_tasks(asyncio.get_running_loop()) if t is not asyncio.current_task()])

    @property
    def grown(self):
        return self.count() - self.baseline


@pytest.mark.parametrize("size", [3])
class TestIt:
    async def run(self, size=3):
        census = Census()
        async with asyncio.timeout(5):
            page = await first([f"u{n}" for n in range(size)], self.fetch)
        assert page == "u0"
        await asyncio.sleep(0.1)
        assert census.grown == 0, f"{census.grown} more"

    async def fetch(self, url):
        await asyncio.sleep(float(url[1:]) / 10)
        return url


test_first = TestIt().run
