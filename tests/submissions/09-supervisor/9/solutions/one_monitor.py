"""One task that waits for all children at once, and for the restart that is due next, in a heap."""

import asyncio
import heapq
import itertools
import logging
import traceback

logger = logging.getLogger("supervisor")


class Supervisor:
    def __init__(self, backoff=1.0):
        self._backoff = backoff
        self._children = {}
        self._due = []
        self._count = itertools.count()
        self._wake = asyncio.Event()
        self._stop = False
        self._monitor = None

    def spawn(self, name, fn):
        if self._stop:
            return
        self._start(name, fn)
        if self._monitor is None:
            self._monitor = asyncio.create_task(self._watch())
        self._wake.set()

    def _start(self, name, fn):
        async def child():
            await fn()

        self._children[asyncio.create_task(child())] = (name, fn)

    async def _watch(self):
        loop = asyncio.get_running_loop()
        while not self._stop or self._children:
            self._wake.clear()
            wake = asyncio.create_task(self._wake.wait())
            timeout = max(0, self._due[0][0] - loop.time()) if self._due and not self._stop else None
            done, _ = await asyncio.wait({wake, *self._children}, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
            wake.cancel()
            for task in done & self._children.keys():
                name, fn = self._children.pop(task)
                if task.cancelled() or task.exception() is None:
                    continue
                text = "".join(traceback.format_exception(task.exception()))
                logger.error("child %r died, restart in %s s:\n%s", name, self._backoff, text)
                heapq.heappush(self._due, (loop.time() + self._backoff, next(self._count), name, fn))
            while self._due and not self._stop and self._due[0][0] <= loop.time():
                _, _, name, fn = heapq.heappop(self._due)
                self._start(name, fn)

    async def close(self):
        self._stop = True
        for task in self._children:
            task.cancel()
        self._wake.set()
        if self._monitor is not None:
            await self._monitor
