"""The loop runs in a task group of its own, inside a task of the parent's; the way out sets an event."""

import asyncio


class _Closed(Exception):
    pass


class LoopRunner:
    def __init__(self, parent, interval, fn):
        self._stop = asyncio.Event()
        self._task = parent.create_task(self._own(interval, fn))

    async def close(self):
        self._stop.set()
        await asyncio.wait([self._task])

    async def _own(self, interval, fn):
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._loop(interval, fn))
                await self._stop.wait()
                raise _Closed
        except* _Closed:
            pass

    async def _loop(self, interval, fn):
        clock = asyncio.get_running_loop().time
        while True:
            started = clock()
            await fn()
            await asyncio.sleep(max(0, started + interval - clock()))
