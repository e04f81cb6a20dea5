"""Futures for who waits, each with a timer of its own that fails it."""

import asyncio
from collections import deque


class PoolFull(Exception):
    pass


class Pool:
    def __init__(self, size, handle):
        self._free = size
        self._handle = handle
        self._waiters = deque()
        self._tasks = set()

    async def submit(self, job, timeout=0.1):
        if self._free > 0:
            self._free -= 1
        else:
            loop = asyncio.get_running_loop()
            place = loop.create_future()
            self._waiters.append(place)
            timer = loop.call_later(timeout, self._give_up, place)
            try:
                await place
            finally:
                timer.cancel()
        task = asyncio.create_task(self._handle(job))
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _give_up(self, place):
        if not place.done():
            self._waiters.remove(place)
            place.set_exception(PoolFull())

    def _ended(self, task):
        self._tasks.discard(task)
        while self._waiters:
            place = self._waiters.popleft()
            if not place.done():
                return place.set_result(None)
        self._free += 1

    async def close(self):
        while self._tasks:
            await asyncio.wait(self._tasks)
