"""One event stops all: each worker races its tick, and its wait for the next, against it."""

import asyncio


class LoopRunner:
    def __init__(self, parent, interval, *fns):
        self.stop = asyncio.Event()
        self.workers = {parent.create_task(self.work(interval, fn)) for fn in fns}

    async def close(self):
        self.stop.set()
        while self.workers:
            _, self.workers = await asyncio.wait(self.workers)

    async def work(self, interval, fn):
        clock = asyncio.get_running_loop()
        due = clock.time() + interval
        while not self.stop.is_set() and await self.pause(due - clock.time()):
            await self.tick(fn)
            due = max(due + interval, clock.time())

    async def pause(self, seconds):
        try:
            await asyncio.wait_for(self.stop.wait(), seconds)
        except TimeoutError:
            return True
        return False

    async def tick(self, fn):
        async with asyncio.TaskGroup() as group:
            ticking = group.create_task(fn())
            stopped = group.create_task(self.stop.wait())
            await asyncio.wait([ticking, stopped], return_when=asyncio.FIRST_COMPLETED)
            ticking.cancel()
            stopped.cancel()
