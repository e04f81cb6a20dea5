"""The wait for a tick is a future that a timer of the loop's sets; the timer is cancelled on every way out."""

import asyncio


class LoopRunner:
    def __init__(self, parent, interval, fn):
        self._loop = asyncio.get_running_loop()
        self._interval = interval
        self._fn = fn
        self._close = None
        self._task = parent.create_task(self._run())

    async def _until(self, when):
        tick = self._loop.create_future()
        timer = self._loop.call_at(when, lambda: tick.done() or tick.set_result(None))
        try:
            await tick
        finally:
            timer.cancel()

    async def _run(self):
        due = self._loop.time() + self._interval
        while True:
            await self._until(due)
            await self._fn()
            due = max(due + self._interval, self._loop.time())

    async def close(self):
        if self._close is None:
            self._task.cancel()
            self._close = self._loop.create_task(self._wait())
        await asyncio.shield(self._close)

    async def _wait(self):
        await asyncio.wait([self._task])
