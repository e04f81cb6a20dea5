"""A TaskGroup of workers in a task that holds it, and an end mark a worker."""

import asyncio

END = object()


class PoolClosed(Exception):
    pass


class Pool:
    def __init__(self, size, handle):
        self._size = size
        self._handle = handle
        self._jobs = asyncio.Queue()
        self._room = asyncio.Condition()
        self._taken = 0
        self._closing = False
        self._error = None
        self._host = asyncio.create_task(self._hold())

    async def _hold(self):
        async with asyncio.TaskGroup() as group:
            for _ in range(self._size):
                group.create_task(self._work())

    async def _work(self):
        while (job := await self._jobs.get()) is not END:
            try:
                await self._handle(job)
            except Exception as error:
                self._error = self._error or error
            async with self._room:
                self._taken -= 1
                self._room.notify()

    async def submit(self, job):
        async with self._room:
            while self._taken >= self._size and not self._closing:
                try:
                    await self._room.wait()
                except asyncio.CancelledError:
                    self._room.notify()
                    raise
            if self._closing:
                raise PoolClosed
            self._taken += 1
        self._jobs.put_nowait(job)

    async def close(self):
        if not self._closing:
            self._closing = True
            async with self._room:
                self._room.notify_all()
            for _ in range(self._size):
                self._jobs.put_nowait(END)
        await asyncio.wait([self._host])
        if self._error is not None:
            raise self._error
