"""An `asyncio.timeout` without a deadline is the scope of the loop; `close` moves its deadline to now."""

import asyncio


class LoopRunner:
    def __init__(self, parent, interval, fn):
        self._interval = interval
        self._fn = fn
        self._scope = None
        self._closed = False
        self._exited = asyncio.get_running_loop().create_future()
        task = parent.create_task(self._run())
        task.add_done_callback(lambda _: self._exited.set_result(None))

    async def close(self):
        if not self._closed:
            self._closed = True
            if self._scope is not None and not self._exited.done():
                self._scope.reschedule(asyncio.get_running_loop().time())
        await asyncio.shield(self._exited)

    async def _run(self):
        if self._closed:
            return
        try:
            async with asyncio.timeout(None) as self._scope:
                await self._loop()
        except TimeoutError:
            if not self._closed:
                raise
        finally:
            self._scope = None

    async def _loop(self):
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            await self._fn()
            due += self._interval
            if due < loop.time():
                due = loop.time()
            await asyncio.sleep(due - loop.time())
