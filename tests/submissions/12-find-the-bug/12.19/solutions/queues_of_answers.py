"""Each question has a queue; an error is an answer like any other."""

import asyncio

happens = "d"
principle = "h"


class Client:
    def __init__(self, connection, patience):
        self.connection, self.patience = connection, patience
        self.last, self.mailboxes = 0, {}
        self.reader = asyncio.create_task(self.read())

    async def ask(self, question):
        self.last += 1
        number, mailbox = self.last, asyncio.Queue()
        self.mailboxes[number] = mailbox
        try:
            async with asyncio.timeout(self.patience):
                await self.connection.send(number, question)
                text, error = await mailbox.get()
        finally:
            self.mailboxes.pop(number)
        if error:
            raise ConnectionError("the reader has failed") from error
        return text

    async def read(self):
        try:
            while True:
                number, text = await self.connection.receive()
                if number in self.mailboxes:
                    self.mailboxes[number].put_nowait((text, None))
        except BaseException as error:
            for mailbox in self.mailboxes.values():
                mailbox.put_nowait((None, error))
            raise

    async def close(self):
        self.reader.cancel()
        try:
            await self.reader
        except (asyncio.CancelledError, OSError):
            pass
