"""A task group with Go's `SetLimit`: `go` waits until one of its tasks has ended."""

import asyncio


class LimitedGroup(asyncio.TaskGroup):
    def __init__(self, limit):
        super().__init__()
        self._limit = limit
        self._active = 0
        self._changed = asyncio.Event()

    async def go(self, coroutine_function, *args):
        while self._active >= self._limit:
            self._changed.clear()
            await self._changed.wait()
        self._active += 1
        task = self.create_task(coroutine_function(*args))
        task.add_done_callback(self._ended)
        return task

    def _ended(self, _):
        self._active -= 1
        self._changed.set()


async def fetch_all(urls, fetch, limit=8):
    async with LimitedGroup(limit) as group:
        tasks = [await group.go(fetch, url) for url in urls]
    return [task.result() for task in tasks]
