"""A condition that guards a deque, waited for by workers and by submits."""

import asyncio
from collections import deque


class PoolClosed(Exception):
    """The pool takes no more jobs."""


class Pool:
    def __init__(self, size, handle):
        self.size = size
        self.handle = handle
        self.jobs = deque()
        self.changed = asyncio.Condition()
        self.closed = False
        self.first_error = None
        self.workers = {asyncio.create_task(self.work()) for _ in range(size)}

    async def submit(self, job):
        async with self.changed:
            await self.changed.wait_for(lambda: self.closed or len(self.jobs) < self.size)
            if self.closed:
                raise PoolClosed("the pool is closed")
            self.jobs.append(job)
            self.changed.notify_all()

    async def work(self):
        while True:
            async with self.changed:
                await self.changed.wait_for(lambda: self.jobs or self.closed)
                if not self.jobs:
                    return
                job = self.jobs.popleft()
                self.changed.notify_all()
            try:
                await self.handle(job)
            except Exception as error:
                if self.first_error is None:
                    self.first_error = error

    async def close(self):
        self.closed = True
        async with self.changed:
            self.changed.notify_all()
        await asyncio.wait(self.workers)
        if self.first_error:
            raise self.first_error
