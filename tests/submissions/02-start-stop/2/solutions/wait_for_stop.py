"""`wait_for` on the stop event is the ticker; `close` sets it and cancels what `fn` waits in, under a lock."""

import asyncio


class LoopRunner:
    def __init__(self, parent, interval, fn):
        self._interval, self._fn = interval, fn
        self._stop = asyncio.Event()
        self._lock = asyncio.Lock()
        self._task = parent.create_task(self._run())

    async def close(self):
        async with self._lock:
            if not self._stop.is_set():
                self._stop.set()
                self._task.cancel()
            if not self._task.done():
                await asyncio.wait({self._task})

    async def _run(self):
        loop = asyncio.get_running_loop()
        due = loop.time() + self._interval
        while not self._stop.is_set():
            try:
                await asyncio.wait_for(self._stop.wait(), max(due - loop.time(), 0))
            except TimeoutError:
                await self._fn()
                due = max(due + self._interval, loop.time())
