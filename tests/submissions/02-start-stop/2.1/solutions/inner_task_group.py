"""One task in the parent owns a task group with the workers; cancelling the one cancels them all."""

import asyncio


class LoopRunner:
    def __init__(self, parent, interval, *fns):
        self._cancelled = False
        self._owner = parent.create_task(self._own(interval, fns))

    async def _own(self, interval, fns):
        async with asyncio.TaskGroup() as workers:
            for fn in fns:
                workers.create_task(self._work(interval, fn))

    async def _work(self, interval, fn):
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            await fn()
            due = max(due + interval, loop.time())
            await asyncio.sleep(due - loop.time())

    async def close(self):
        if not self._cancelled:
            self._cancelled = True
            self._owner.cancel()
        await asyncio.wait([self._owner])
