# fails: 6a
"""Runs in batches of `size`: a job that ends makes no room until its whole batch has ended."""

import asyncio


class PoolClosed(Exception):
    pass


class Pool:
    def __init__(self, size, handle):
        self.size, self.handle = size, handle
        self.batch = []
        self.gate = asyncio.Condition()
        self.closed = False
        self.error = None
        self.left = 0
        self.tasks = set()

    async def submit(self, job):
        async with self.gate:
            await self.gate.wait_for(lambda: self.closed or (self.left < self.size and not self.draining()))
            if self.closed:
                raise PoolClosed
            self.left += 1
            t = asyncio.create_task(self.run(job))
            self.tasks.add(t)

    def draining(self):
        return self.left >= self.size

    async def run(self, job):
        try:
            await self.handle(job)
        except Exception as e:
            self.error = self.error or e
        async with self.gate:
            self.tasks.discard(asyncio.current_task())
            if not self.tasks:
                self.left = 0
                self.gate.notify_all()

    async def close(self):
        async with self.gate:
            self.closed = True
            self.gate.notify_all()
        while self.tasks:
            await asyncio.wait(set(self.tasks))
        if self.error:
            raise self.error
