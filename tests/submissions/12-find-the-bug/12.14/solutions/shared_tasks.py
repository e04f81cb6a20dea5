"""Who asks for what is being fetched waits for the same task, which nobody's cancel ends."""

import asyncio

happens = "a"
principle = "f"


class PriceList:
    def __init__(self, fetch):
        self._fetch = fetch
        self._tasks = {}

    async def price(self, name):
        task = self._tasks.get(name)
        if task is None:
            task = self._tasks[name] = asyncio.create_task(self._fetch(name))
            task.add_done_callback(lambda done: self._ended(name, done))
        return await asyncio.shield(task)

    def _ended(self, name, task):
        if task.cancelled() or task.exception() is not None:
            del self._tasks[name]
