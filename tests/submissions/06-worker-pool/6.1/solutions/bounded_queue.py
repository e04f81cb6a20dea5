"""A bounded queue and workers; asyncio.wait with a timeout round the put, which is taken back if it is late."""

import asyncio


class PoolFull(Exception):
    pass


class Pool:
    def __init__(self, size, handle):
        self.handle = handle
        self.jobs = asyncio.Queue(size)
        self.workers = [asyncio.create_task(self.work()) for _ in range(size)]

    async def work(self):
        while True:
            job = await self.jobs.get()
            try:
                await self.handle(job)
            finally:
                self.jobs.task_done()

    async def submit(self, job, timeout=0.1):
        put = asyncio.create_task(self.jobs.put(job))
        await asyncio.wait([put], timeout=timeout)
        if not put.done():
            put.cancel()
            await asyncio.wait([put])
        if put.cancelled():
            raise PoolFull(job)

    async def close(self):
        await self.jobs.join()
        for worker in self.workers:
            worker.cancel()
        await asyncio.gather(*self.workers, return_exceptions=True)
