"""A list of offers; one plain function starts as many jobs as there is room for, whenever something has changed."""

import asyncio


class PoolClosed(Exception):
    pass


class Pool:
    def __init__(self, size, handle):
        self._size = size
        self._handle = handle
        self._offers = []
        self._running = set()
        self._closed = False
        self._error = None

    async def submit(self, job):
        if self._closed:
            raise PoolClosed(f"{job!r} came too late")
        accepted = asyncio.Future()
        self._offers.append((job, accepted))
        self._pump()
        try:
            await accepted
        except asyncio.CancelledError:
            if accepted.cancelled():
                raise  # while it waited
        # Cancelled in the turn in which it was accepted: its job runs.

    def _pump(self):
        while self._offers and len(self._running) < self._size:
            job, accepted = self._offers.pop(0)
            if not accepted.done():
                accepted.set_result(None)
                running = asyncio.create_task(self._run(job))
                self._running.add(running)

    async def _run(self, job):
        try:
            await self._handle(job)
        except Exception as error:
            self._error = self._error or error
        finally:
            self._running.discard(asyncio.current_task())
            self._pump()

    async def close(self):
        self._closed = True
        for _, accepted in self._offers:
            if not accepted.done():
                accepted.set_exception(PoolClosed("closed while it waited"))
        self._offers.clear()
        while self._running:
            await asyncio.wait(set(self._running))
        if self._error:
            raise self._error
