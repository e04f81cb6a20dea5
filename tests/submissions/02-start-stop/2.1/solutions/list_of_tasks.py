"""A list of tasks in the parent; `close` cancels all, then waits for all."""

import asyncio


class LoopRunner:
    def __init__(self, parent, interval, *fns):
        self._interval = interval
        self._closing = False
        self._tasks = [parent.create_task(self._run(fn)) for fn in fns]

    async def close(self):
        if not self._closing:
            self._closing = True
            for task in self._tasks:
                task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _run(self, fn):
        loop = asyncio.get_running_loop()
        due = loop.time() + self._interval
        while True:
            await asyncio.sleep(due - loop.time())
            await fn()
            due = max(due + self._interval, loop.time())
