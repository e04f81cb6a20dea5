"""An event set whenever a place becomes free, waited for again until time.monotonic says that it is too late."""

import asyncio
import time


class PoolFull(Exception):
    pass


class Pool:
    def __init__(self, size, handle):
        self._size = size
        self._handle = handle
        self._running = set()
        self._freed = asyncio.Event()

    async def submit(self, job, timeout=0.1):
        began = time.monotonic()
        while len(self._running) >= self._size:
            left = began + timeout - time.monotonic()
            if left <= 0:
                raise PoolFull
            self._freed.clear()
            try:
                await asyncio.wait_for(self._freed.wait(), max(left, 0.0001))
            except TimeoutError:
                continue
        task = asyncio.get_running_loop().create_task(self._run(job))
        self._running.add(task)

    async def _run(self, job):
        try:
            await self._handle(job)
        finally:
            self._running.remove(asyncio.current_task())
            self._freed.set()

    async def close(self):
        while self._running:
            await asyncio.wait(set(self._running))
