"""A plain function that gives an awaitable object; a semaphore round the loop."""

import asyncio


class Consumer:
    def __init__(self, jobs, handle):
        self.jobs, self.handle = jobs, handle
        self.one = asyncio.Semaphore(1)

    def __await__(self):
        return self.run().__await__()

    async def run(self):
        async with self.one:
            while True:
                self.handle(await self.jobs.get())


def consume(jobs, handle):
    return Consumer(jobs, handle)
