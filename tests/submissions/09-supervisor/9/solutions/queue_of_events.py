"""One loop that is told of starts and ends by a queue."""

import asyncio
import heapq
import itertools
import logging


class Supervisor:
    def __init__(self, backoff: float = 1.0):
        self._backoff = backoff
        self._events = asyncio.Queue()
        self._children = {}
        self._due = []
        self._order = itertools.count()
        self._loop_task = None

    def spawn(self, name, fn):
        if self._loop_task is None:
            self._loop_task = asyncio.create_task(self._run())
        self._events.put_nowait(("start", name, fn))

    async def _run(self):
        loop = asyncio.get_running_loop()
        while True:
            timeout = max(0, self._due[0][0] - loop.time()) if self._due else None
            try:
                async with asyncio.timeout(timeout):
                    kind, name, fn = await self._events.get()
            except TimeoutError:
                _, _, name, fn = heapq.heappop(self._due)
                kind = "start"
            if kind == "start":
                task = asyncio.create_task(self._child(name, fn))
                self._children[task] = name
                task.add_done_callback(self._children.pop)
            else:
                heapq.heappush(self._due, (loop.time() + self._backoff, next(self._order), name, fn))

    async def _child(self, name, fn):
        try:
            await fn()
        except Exception:
            logging.getLogger(__name__).exception("child %s failed", name)
            self._events.put_nowait(("failed", name, fn))

    async def close(self):
        tasks = [*self._children, *([self._loop_task] if self._loop_task else [])]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        while not self._events.empty():
            self._events.get_nowait()
