"""An exit stack is the list of what is to be ended: every cancel comes first, every wait after them."""

import asyncio
from contextlib import AsyncExitStack


class LoopRunner:
    def __init__(self, parent, interval, *fns):
        self._stack = AsyncExitStack()
        tasks = [parent.create_task(self._run(interval, fn)) for fn in fns]
        # Unwound from the last to the first.
        for task in tasks:
            self._stack.push_async_callback(self._ended, task)
        for task in tasks:
            self._stack.callback(task.cancel)
        self._tasks = tasks

    async def close(self):
        await self._stack.pop_all().aclose()
        for task in self._tasks:
            await self._ended(task)

    @staticmethod
    async def _ended(task):
        if not task.done():
            await asyncio.wait([task])

    @staticmethod
    async def _run(interval, fn):
        loop = asyncio.get_running_loop()
        start, number = loop.time(), 0
        while True:
            await fn()
            number = max(number + 1, int((loop.time() - start) / interval) + 1)
            await asyncio.sleep(start + number * interval - loop.time())
