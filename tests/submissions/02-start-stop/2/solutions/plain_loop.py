"""A loop that sleeps to its next tick; `close` cancels its task and waits for it."""

import asyncio
from collections.abc import Awaitable, Callable


class LoopRunner:
    def __init__(self, parent: asyncio.TaskGroup, interval: float, fn: Callable[[], Awaitable[None]]):
        self._interval = interval
        self._fn = fn
        self._task = parent.create_task(self._run())
        self._closing = False

    async def close(self):
        if not self._closing:
            self._closing = True
            self._task.cancel()
        await asyncio.wait([self._task])

    async def _run(self):
        loop = asyncio.get_running_loop()
        due = loop.time() + self._interval
        while True:
            await asyncio.sleep(due - loop.time())
            await self._fn()
            due = max(due + self._interval, loop.time())
