"""A task a run, a callback when it is done, and a timer for the next."""

import asyncio
import functools
import logging

logger = logging.getLogger("supervisor")


class Supervisor:
    def __init__(self, backoff: float = 1.0):
        self._backoff = backoff
        self._running = set()
        self._timers = set()
        self._closed = False

    def spawn(self, name, fn):
        async def run():
            await fn()

        task = asyncio.create_task(run(), name=name)
        self._running.add(task)
        task.add_done_callback(functools.partial(self._done, name, fn))

    def _done(self, name, fn, task):
        self._running.discard(task)
        if task.cancelled() or task.exception() is None:
            return
        error = task.exception()
        logger.error("child %r: %r", name, error, exc_info=error)
        if not self._closed:
            timer = asyncio.get_running_loop().call_later(self._backoff, lambda: self._again(timer, name, fn))
            self._timers.add(timer)

    def _again(self, timer, name, fn):
        self._timers.discard(timer)
        self.spawn(name, fn)

    async def close(self):
        self._closed = True
        for timer in self._timers:
            timer.cancel()
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await asyncio.sleep(0)  # the callbacks log what failed meanwhile
