"""One task sends the mails one by one, from a queue."""

import asyncio

happens = "d"
principle = "a"


class Signup:
    def __init__(self, store, mailer):
        self.store, self.mailer = store, mailer
        self.mails = asyncio.Queue()
        self.sender = None

    async def register(self, address):
        await self.store(address)
        self.mails.put_nowait(address)
        if self.sender is None:
            self.sender = asyncio.create_task(self.send_all())

    async def send_all(self):
        while (address := await self.mails.get()) is not None:
            await self.mailer.send(address)
            address = None

    async def close(self):
        self.mails.put_nowait(None)
        if self.sender is not None:
            await self.sender
        await self.mailer.quit()
