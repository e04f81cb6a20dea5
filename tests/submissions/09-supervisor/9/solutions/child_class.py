"""A class for a child, which closes itself; the traceback is in the message."""

import asyncio
import logging
import traceback


class Child:
    def __init__(self, name, fn, backoff):
        self.name, self.fn, self.backoff = name, fn, backoff
        self.open = True
        self.task = asyncio.ensure_future(self.run())

    async def run(self):
        while await self.failed() and self.open:
            await asyncio.sleep(self.backoff)

    async def failed(self):
        try:
            await self.fn()
        except Exception:
            logging.getLogger("children").critical("child %s failed:\n%s", self.name, traceback.format_exc())
            return True
        return False

    async def close(self):
        self.open = False
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


class Supervisor:
    def __init__(self, backoff: float = 1.0):
        self.backoff = backoff
        self.children = []

    def spawn(self, name, fn):
        self.children.append(Child(name, fn, self.backoff))

    async def close(self):
        await asyncio.gather(*(child.close() for child in self.children))
