"""A `finally` round the loop."""

import asyncio

happens = "b"
principle = "g"


class Prices:
    def __init__(self):
        self._queues = set()

    def publish(self, price):
        for prices in self._queues:
            prices.put_nowait(price)

    async def serve(self, send):
        prices = asyncio.Queue()
        self._queues.add(prices)
        try:
            while (price := await prices.get()) is not None:
                await send(price)
        finally:
            self._queues.discard(prices)

    def end_of_day(self):
        self.publish(None)
