"""Places are tokens in a queue."""

import asyncio
from contextlib import asynccontextmanager

happens = "c"
principle = "g"


class Converter:
    def __init__(self, render, at_once):
        self.render = render
        self.tokens = asyncio.Queue()
        for number in range(at_once):
            self.tokens.put_nowait(number)

    @asynccontextmanager
    async def place(self):
        token = await self.tokens.get()
        try:
            yield
        finally:
            self.tokens.put_nowait(token)

    async def convert(self, page):
        async with self.place():
            return await self.render(page)
