"""A count, and a condition to wait for it."""

import asyncio

happens = "c"
principle = "g"


class Converter:
    def __init__(self, render, at_once):
        self._render, self._at_once = render, at_once
        self._running = 0
        self._changed = asyncio.Condition()

    async def convert(self, page):
        async with self._changed:
            await self._changed.wait_for(lambda: self._running < self._at_once)
            self._running += 1
        try:
            return await self._render(page)
        except BaseException:
            raise
        finally:
            self._running -= 1
            waker = asyncio.ensure_future(self._wake())
            await asyncio.shield(waker)

    async def _wake(self):
        async with self._changed:
            self._changed.notify()
