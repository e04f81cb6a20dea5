"""A task group that is held open, in a task of its own."""

import asyncio

happens = "d"
principle = "a"


class Signup:
    def __init__(self, store, mailer):
        self.store, self.mailer = store, mailer
        self.group = None

    async def register(self, address):
        await self.store(address)
        if self.group is None:
            self.group = asyncio.TaskGroup()
            self.closing = asyncio.Event()
            ready = asyncio.Event()
            self.owner = asyncio.create_task(self.hold(ready))
            await ready.wait()
        self.group.create_task(self.mailer.send(address))

    async def hold(self, ready):
        async with self.group:
            ready.set()
            await self.closing.wait()

    async def close(self):
        if self.group is not None:
            self.closing.set()
            await self.owner
        await self.mailer.quit()
