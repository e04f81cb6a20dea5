"""An `asyncio.Event` says stop: the wait for a tick is a wait for it, and a tick in hand is raced against it."""

import asyncio


class LoopRunner:
    def __init__(self, parent, interval, fn):
        self._interval = interval
        self._fn = fn
        self._stop = asyncio.Event()
        self._exited = asyncio.Event()
        task = parent.create_task(self._run())
        # Also set when the task is cancelled before its first step.
        task.add_done_callback(lambda _: self._exited.set())

    async def close(self):
        self._stop.set()
        await self._exited.wait()

    async def _run(self):
        loop = asyncio.get_running_loop()
        due = loop.time()
        while not self._stop.is_set():
            await self._tick()
            due = max(due + self._interval, loop.time())
            try:
                async with asyncio.timeout_at(due):
                    await self._stop.wait()
            except TimeoutError:
                pass

    async def _tick(self):
        async with asyncio.TaskGroup() as group:
            stopped = group.create_task(self._stop.wait())
            ticking = group.create_task(self._fn())
            await asyncio.wait([stopped, ticking], return_when=asyncio.FIRST_COMPLETED)
            stopped.cancel()
            ticking.cancel()
