"""The loop is a task of its own; a guard in the parent ends it, whichever way the guard itself is ended."""

import asyncio
import contextlib


class LoopRunner:
    def __init__(self, parent, interval, fn):
        self._closing = asyncio.get_running_loop().create_future()
        self._guard = parent.create_task(self._watch(interval, fn))

    async def close(self):
        with contextlib.suppress(asyncio.InvalidStateError):
            self._closing.set_result("close")
        if not self._guard.done():
            await asyncio.wait([self._guard])

    async def _watch(self, interval, fn):
        running = asyncio.ensure_future(self._tick_for_ever(interval, fn))
        try:
            await asyncio.wait([running, self._closing], return_when=asyncio.FIRST_COMPLETED)
        finally:
            running.cancel()
            while not running.done():
                with contextlib.suppress(asyncio.CancelledError):
                    await asyncio.wait([running])
        if not running.cancelled():
            running.result()

    @staticmethod
    async def _tick_for_ever(interval, fn):
        loop = asyncio.get_running_loop()
        while True:
            next_tick = loop.time() + interval
            await fn()
            if (left := next_tick - loop.time()) > 0:
                await asyncio.sleep(left)
            else:
                await asyncio.sleep(0)
