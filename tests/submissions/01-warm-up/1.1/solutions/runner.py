"""Futures that a helper class fills; the test uses asyncio.Runner and pytest.raises."""

import asyncio

import pytest


class Latch:
    def __init__(self):
        self._waiters = []
        self._value = None
        self.open = False

    def set(self, value):
        if not self.open:
            self.open, self._value = True, value
            for waiter in self._waiters:
                if not waiter.done():
                    waiter.set_result(None)

    async def get(self):
        if not self.open:
            self._waiters.append(asyncio.get_running_loop().create_future())
            await self._waiters[-1]
        return self._value


async def first(urls, fetch):
    latch = Latch()

    async def send(url):
        latch.set(await fetch(url))

    senders = tuple(asyncio.create_task(send(url)) for url in urls)
    page = await latch.get()
    for sender in senders:
        sender.cancel()
    while not all(sender.done() for sender in senders):
        await asyncio.sleep(0)
    return page


def test_first():
    async def fetch(url):
        await asyncio.sleep(0.01 * int(url))
        return url

    async def new_tasks_end():
        before = asyncio.all_tasks()
        await first(["3", "1", "2"], fetch)
        await asyncio.sleep(0.1)
        with pytest.raises(KeyError):
            (asyncio.all_tasks() - before).pop()

    with asyncio.Runner() as runner:
        runner.run(new_tasks_end())
