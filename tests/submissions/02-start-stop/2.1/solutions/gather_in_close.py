"""Concurrent closes share one future: a shielded `gather` over the cancelled workers."""

import asyncio
import functools


async def tick_for_ever(interval, fn):
    now = asyncio.get_running_loop().time
    for due in every(interval, now):
        await asyncio.sleep(due - now())
        await fn()


def every(interval, now):
    due = now()
    while True:
        due = max(due + interval, now())
        yield due


class LoopRunner:
    def __init__(self, parent, interval, *fns):
        self._tasks = [*map(parent.create_task, map(functools.partial(tick_for_ever, interval), fns))]
        self._end = None

    async def close(self):
        if self._end is None:
            for task in self._tasks:
                task.cancel()
            self._end = asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.shield(self._end)
