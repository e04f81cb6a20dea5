"""asyncio.timeout round the wait for a place of a semaphore; a task a job."""

import asyncio


class PoolFull(Exception):
    pass


class Pool:
    def __init__(self, size, handle):
        self._handle = handle
        self._places = asyncio.Semaphore(size)
        self._running = set()

    async def submit(self, job, timeout=0.1):
        try:
            async with asyncio.timeout(timeout):
                await self._places.acquire()
        except TimeoutError:
            raise PoolFull(f"no room in {timeout} s") from None
        task = asyncio.create_task(self._run(job))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _run(self, job):
        try:
            await self._handle(job)
        finally:
            self._places.release()

    async def close(self):
        while self._running:
            await asyncio.wait(self._running)
