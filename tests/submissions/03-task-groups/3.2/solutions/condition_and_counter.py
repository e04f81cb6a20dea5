"""A counter under an `asyncio.Condition`; the limit is waited for by name."""

import asyncio
from contextlib import asynccontextmanager


class Gate:
    def __init__(self, size):
        self.free = size
        self.changed = asyncio.Condition()

    @asynccontextmanager
    async def slot(self):
        async with self.changed:
            await self.changed.wait_for(lambda: self.free)
            self.free -= 1
        try:
            yield
        finally:
            async with self.changed:
                self.free += 1
                self.changed.notify()


async def fetch_all(urls, fetch, limit=8):
    gate = Gate(limit)

    async def one(url):
        async with gate.slot():
            return await fetch(url)

    async with asyncio.TaskGroup() as group:
        tasks = {place: group.create_task(one(url)) for place, url in enumerate(urls)}
    return [tasks[place].result() for place in range(len(urls))]
