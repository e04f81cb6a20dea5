# fails: 9a 9c 9d
"""The starting code: what is cancelled in its child takes that for a failure, and is spawned again."""

import asyncio


class Supervisor:
    """Runs children, and restarts those that fail after `backoff` seconds."""

    def __init__(self, backoff=1.0):
        self._backoff = backoff
        self._tasks = {}

    def spawn(self, name, fn):
        self._tasks[name] = asyncio.create_task(self._run(name, fn))

    async def _run(self, name, fn):
        try:
            await fn()
        except BaseException:
            await asyncio.sleep(self._backoff)
            self.spawn(name, fn)

    async def close(self):
        for task in self._tasks.values():
            task.cancel()
