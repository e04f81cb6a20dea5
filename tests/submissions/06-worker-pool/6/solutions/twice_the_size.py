"""A place in the pool, of which there are twice `size`, and a semaphore to run; an event for each who waits."""

import asyncio


class PoolClosed(Exception):
    pass


class Pool:
    def __init__(self, size, handle):
        self._handle = handle
        self._places = 2 * size
        self._run = asyncio.Semaphore(size)
        self._waiting = []
        self._closed = False
        self._tasks = set()
        self._failure = None

    async def submit(self, job):
        while not self._closed and self._places == 0:
            event = asyncio.Event()
            self._waiting.append(event)
            try:
                await event.wait()
            except asyncio.CancelledError:
                if event.is_set():
                    self._wake_one()
                raise
            finally:
                if event in self._waiting:
                    self._waiting.remove(event)
        if self._closed:
            raise PoolClosed
        self._places -= 1
        task = asyncio.create_task(self._do(job))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _wake_one(self):
        if self._waiting:
            self._waiting.pop(0).set()

    async def _do(self, job):
        try:
            async with self._run:
                await self._handle(job)
        except Exception as error:
            self._failure = self._failure or error
        self._places += 1
        self._wake_one()

    async def close(self):
        self._closed = True
        while self._waiting:
            self._wake_one()
        while self._tasks:
            await asyncio.wait(self._tasks)
        if self._failure:
            raise self._failure
