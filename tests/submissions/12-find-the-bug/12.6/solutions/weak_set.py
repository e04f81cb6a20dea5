"""Queues that the set holds weakly: they go with the call that made them."""

import asyncio
import weakref

happens = "b"
principle = "g"


class Prices:
    def __init__(self):
        self.queues = weakref.WeakSet()

    def publish(self, price):
        for prices in self.queues:
            prices.put_nowait(price)

    async def serve(self, send):
        prices = asyncio.Queue()
        self.queues.add(prices)
        while (price := await prices.get()) is not None:
            await send(price)

    def end_of_day(self):
        self.publish(None)
