"""A list that is swept at every turn, and a gather."""

import asyncio

happens = "d"
principle = "a"


class Signup:
    def __init__(self, store, mailer):
        self.store = store
        self.mailer = mailer
        self.tasks = []

    async def register(self, address):
        await self.store(address)
        self.tasks = [task for task in self.tasks if not task.done()]
        self.tasks.append(asyncio.ensure_future(self.mailer.send(address)))

    async def close(self):
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await self.mailer.quit()
