"""anyio's semaphore and its fail_after."""

import asyncio

import anyio


class PoolFull(Exception):
    pass


class Pool:
    def __init__(self, size, handle):
        self._handle = handle
        self._places = anyio.Semaphore(size)
        self._jobs = set()

    async def submit(self, job, timeout=0.1):
        try:
            with anyio.fail_after(timeout):
                await self._places.acquire()
        except TimeoutError:
            raise PoolFull() from None
        running = asyncio.create_task(self._run(job))
        self._jobs.add(running)
        running.add_done_callback(self._jobs.discard)

    async def _run(self, job):
        try:
            await self._handle(job)
        finally:
            self._places.release()

    async def close(self):
        while self._jobs:
            await asyncio.wait(self._jobs)
