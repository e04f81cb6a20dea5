"""A condition, and a deadline that each submit reads off the loop's clock."""

import asyncio
import collections


class PoolFull(Exception):
    """There was no room in time."""


class Pool:
    def __init__(self, size, handle):
        self.size, self.handle = size, handle
        self.jobs = collections.deque()
        self.changed = asyncio.Condition()
        self.workers = [asyncio.ensure_future(self.work()) for _ in range(size)]
        self.closing = False

    async def submit(self, job, timeout=0.1):
        deadline = asyncio.get_running_loop().time() + timeout
        async with self.changed:
            try:
                async with asyncio.timeout_at(deadline):
                    await self.changed.wait_for(lambda: len(self.jobs) < self.size)
            except TimeoutError as error:
                raise PoolFull from error
            self.jobs.append(job)
            self.changed.notify_all()

    async def work(self):
        while True:
            async with self.changed:
                await self.changed.wait_for(lambda: self.jobs or self.closing)
                if not self.jobs:
                    return
                job = self.jobs.popleft()
                self.changed.notify_all()
            await self.handle(job)

    async def close(self):
        self.closing = True
        async with self.changed:
            self.changed.notify_all()
        await asyncio.gather(*self.workers)
