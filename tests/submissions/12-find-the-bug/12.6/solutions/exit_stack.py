"""An exit stack, and a queue for each task."""

import asyncio
from contextlib import ExitStack

happens = "b"
principle = "g"


class Prices:
    def __init__(self):
        self.of = {}

    def publish(self, price):
        for prices in self.of.values():
            prices.put_nowait(price)

    async def serve(self, send):
        key = object()
        with ExitStack() as stack:
            prices = self.of[key] = asyncio.Queue()
            stack.callback(self.of.pop, key)
            while True:
                price = await prices.get()
                if price is None:
                    return
                await send(price)

    def end_of_day(self):
        self.publish(None)
