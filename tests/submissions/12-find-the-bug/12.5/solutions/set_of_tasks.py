"""A set of tasks, each of which takes itself out."""

import asyncio

happens = "d"
principle = "a"


class Signup:
    def __init__(self, store, mailer):
        self._store, self._mailer = store, mailer
        self._sending = set()

    async def register(self, address):
        await self._store(address)
        task = asyncio.create_task(self._mailer.send(address))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def close(self):
        if self._sending:
            await asyncio.wait(self._sending)
        await self._mailer.quit()
