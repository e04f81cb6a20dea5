"""A runner of one function each, closed together; the last to end opens the door."""

import asyncio


class _One:
    def __init__(self, parent, interval, fn, ended):
        self._interval = interval
        self._fn = fn
        self.task = parent.create_task(self._run())
        self.task.add_done_callback(ended)

    async def _run(self):
        now = asyncio.get_running_loop().time
        due = now() + self._interval
        while True:
            await asyncio.sleep(due - now())
            await self._fn()
            due = max(due + self._interval, now())


class LoopRunner:
    def __init__(self, parent, interval, *fns):
        self._all_ended = asyncio.Event()
        self._left = len(fns)
        if not fns:
            self._all_ended.set()
        self._ones = [_One(parent, interval, fn, self._ended) for fn in fns]

    def _ended(self, _):
        self._left -= 1
        if not self._left:
            self._all_ended.set()

    async def close(self):
        ones, self._ones = self._ones, []
        for one in ones:
            one.task.cancel()
        await self._all_ended.wait()
