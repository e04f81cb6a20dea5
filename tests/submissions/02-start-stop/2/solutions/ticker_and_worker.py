"""Two tasks: one sets an event at each tick, the other waits for it and calls `fn`; missed ticks melt into one."""

import asyncio


class LoopRunner:
    def __init__(self, parent, interval, fn):
        self._due = asyncio.Event()
        self._tasks = {parent.create_task(self._tick(interval)), parent.create_task(self._work(fn))}
        self._open = True

    async def close(self):
        if self._open:
            self._open = False
            for task in self._tasks:
                task.cancel()
        await asyncio.wait(self._tasks)

    async def _tick(self, interval):
        loop = asyncio.get_running_loop()
        next_tick = loop.time()
        while True:
            next_tick += interval
            await asyncio.sleep(next_tick - loop.time())
            self._due.set()

    async def _work(self, fn):
        while True:
            await self._due.wait()
            self._due.clear()
            await fn()
