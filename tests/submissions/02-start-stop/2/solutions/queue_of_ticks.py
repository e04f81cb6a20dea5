"""A timer puts ticks into a queue with room for one, and drops those that find it full."""

import asyncio


class LoopRunner:
    def __init__(self, parent, interval, fn):
        self._q = asyncio.Queue(1)
        self._loop = asyncio.get_running_loop()
        self._interval = interval
        self._next = self._loop.time() + interval
        self._handle = None
        self._closed = False
        self._exited = self._loop.create_future()
        self._task = parent.create_task(self._consume(fn))
        self._task.add_done_callback(self._ended)
        self._arm()

    def _arm(self):
        self._handle = self._loop.call_at(self._next, self._tick)

    def _tick(self):
        self._next += self._interval
        if not self._q.full():
            self._q.put_nowait(None)
        self._arm()

    def _ended(self, task):
        self._handle.cancel()
        if not task.cancelled():
            task.exception()
        self._exited.set_result(None)

    async def _consume(self, fn):
        while True:
            await self._q.get()
            await fn()

    async def close(self):
        if not self._closed:
            self._closed = True
            self._handle.cancel()
            self._task.cancel()
        await asyncio.shield(self._exited)
