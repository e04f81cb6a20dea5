"""anyio's clock and event; the task itself is the parent's."""

import anyio
import anyio.lowlevel


class LoopRunner:
    def __init__(self, parent, interval, fn):
        self.interval = interval
        self.fn = fn
        self.exited = anyio.Event()
        self.closing = False
        self.task = parent.create_task(self.run())
        self.task.add_done_callback(lambda task: self.exited.set())

    async def close(self) -> None:
        if not self.closing:
            self.closing = True
            self.task.cancel()
        await self.exited.wait()

    async def run(self):
        due = anyio.current_time() + self.interval
        while True:
            await anyio.sleep_until(due)
            await self.fn()
            due = max(due + self.interval, anyio.current_time())
            await anyio.lowlevel.checkpoint()
