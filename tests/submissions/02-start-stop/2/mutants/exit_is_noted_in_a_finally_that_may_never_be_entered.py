# fails: 2d
import asyncio


class LoopRunner:
    def __init__(self, parent, interval, fn):
        self._exited = asyncio.Event()
        self._closed = False
        self._task = parent.create_task(self._run(interval, fn))

    async def close(self):
        if not self._closed:
            self._closed = True
            self._task.cancel()
        await self._exited.wait()

    async def _run(self, interval, fn):
        loop = asyncio.get_running_loop()
        due = loop.time() + interval
        try:
            while True:
                await asyncio.sleep(due - loop.time())
                await fn()
                due = max(due + interval, loop.time())
        finally:
            self._exited.set()
