"""Futures in a deque for who waits; a place is handed from a job that ends to the next who waits."""

import asyncio
import collections


class PoolClosed(RuntimeError):
    pass


class Pool:
    def __init__(self, size, handle):
        self._handle = handle
        self._free = size
        self._waiters = collections.deque()
        self._tasks = set()
        self._idle = asyncio.Event()
        self._idle.set()
        self._open = True
        self._error = None

    async def submit(self, job):
        if not self._open:
            raise PoolClosed()
        if self._free:
            self._free -= 1
        else:
            waiter = asyncio.get_running_loop().create_future()
            self._waiters.append(waiter)
            try:
                await waiter
            except asyncio.CancelledError:
                if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
                    self._hand_on()
                raise
        self._start(job)

    def _start(self, job):
        self._idle.clear()
        task = asyncio.get_running_loop().create_task(self._run(job))
        self._tasks.add(task)
        task.add_done_callback(self._done)

    async def _run(self, job):
        await self._handle(job)

    def _done(self, task):
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() and self._error is None:
            self._error = task.exception()
        self._hand_on()
        if not self._tasks:
            self._idle.set()

    def _hand_on(self):
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return
        self._free += 1

    async def close(self):
        self._open = False
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_exception(PoolClosed())
        # Who has been handed a place, and has not run since, is accepted.
        await asyncio.sleep(0)
        await self._idle.wait()
        if self._error is not None:
            raise self._error
