"""An `asyncio.timeout` without a deadline is the scope of a group of workers; `close` moves the deadline to now."""

import asyncio


class LoopRunner:
    def __init__(self, parent, interval, *fns):
        self._interval = interval
        self._scope = asyncio.timeout(None)
        self._entered = False
        self._closed = False
        self._task = parent.create_task(self._run(fns))

    async def close(self):
        if not self._closed:
            self._closed = True
            if self._entered and not self._task.done():
                self._scope.reschedule(asyncio.get_running_loop().time())
        await asyncio.wait({self._task})

    async def _run(self, fns):
        if self._closed:
            return
        try:
            async with self._scope:
                self._entered = True
                async with asyncio.TaskGroup() as group:
                    for fn in fns:
                        group.create_task(self._tick(fn))
        except TimeoutError:
            if not self._closed:
                raise

    async def _tick(self, fn):
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + self._interval
            await fn()
            await asyncio.sleep(due - loop.time())
