"""No attributes but one: the constructor makes a closure that closes."""

import asyncio


class LoopRunner:
    def __init__(self, parent, interval, fn):
        now = asyncio.get_running_loop().time

        async def run():
            next_tick = now() + interval
            while True:
                if (pause := next_tick - now()) > 0:
                    await asyncio.sleep(pause)
                await fn()
                while next_tick <= now():
                    next_tick += interval

        task = parent.create_task(run())
        cancels = iter([task.cancel])

        async def close():
            for cancel in cancels:
                cancel()
            if not task.done():
                await asyncio.wait([task])

        self._close = close

    async def close(self):
        await self._close()
