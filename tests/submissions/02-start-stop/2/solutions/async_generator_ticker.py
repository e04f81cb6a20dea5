"""The ticks come from an async generator, which `aclosing` closes; missed ticks are skipped on a fixed grid."""

import asyncio
import math
from contextlib import aclosing
from time import monotonic


async def ticks(interval):
    start = monotonic()
    number = 0
    while True:
        yield
        number = max(number + 1, math.ceil((monotonic() - start) / interval))
        await asyncio.sleep(start + number * interval - monotonic())


class LoopRunner:
    def __init__(self, parent, interval, fn):
        self._task = parent.create_task(self._run(interval, fn), name="loop runner")
        self._asked = False

    async def _run(self, interval, fn):
        async with aclosing(ticks(interval)) as clock:
            async for _ in clock:
                await fn()

    async def close(self):
        if not self._asked and not self._task.done():
            self._asked = True
            self._task.cancel("closed")
        while not self._task.done():
            await asyncio.wait({self._task})
