"""A stop event that ends the pause, and one child after another on closing."""

import asyncio
import logging


class Supervisor:
    def __init__(self, backoff: float = 1.0):
        self._backoff = backoff
        self._stop = asyncio.Event()
        self._children = []

    def spawn(self, name, fn):
        self._children.append(asyncio.create_task(self._supervise(name, fn)))

    async def _supervise(self, name, fn):
        while not self._stop.is_set():
            try:
                await fn()
                return
            except asyncio.CancelledError:
                raise
            except Exception as problem:
                logging.warning("%s: %s", name, problem, exc_info=True)
            try:
                async with asyncio.timeout(self._backoff):
                    await self._stop.wait()
            except TimeoutError:
                pass

    async def close(self):
        self._stop.set()
        for child in self._children:
            child.cancel()
            await asyncio.wait([child])
