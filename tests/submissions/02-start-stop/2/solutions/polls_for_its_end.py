"""`close` asks the task whether it is being cancelled, and looks every millisecond whether it has ended."""

import asyncio


class LoopRunner:
    def __init__(self, parent, interval, fn):
        self._task = parent.create_task(self._run(interval, fn))

    async def close(self):
        if not self._task.cancelling():
            self._task.cancel()
        while not self._task.done():
            await asyncio.sleep(0.001)

    async def _run(self, interval, fn):
        clock = asyncio.get_running_loop().time
        while True:
            began = clock()
            await fn()
            await asyncio.sleep(max(interval - (clock() - began), 0))
