"""A context manager for the subscription."""

import asyncio
from contextlib import contextmanager

happens = "b"
principle = "g"


class Prices:
    def __init__(self):
        self.queues = []

    @contextmanager
    def subscribed(self):
        queue = asyncio.Queue()
        self.queues.append(queue)
        try:
            yield queue
        finally:
            self.queues.remove(queue)

    def publish(self, price):
        for queue in list(self.queues):
            queue.put_nowait((price,))

    def end_of_day(self):
        for queue in list(self.queues):
            queue.put_nowait(())

    async def serve(self, send):
        with self.subscribed() as queue:
            while item := await queue.get():
                await send(*item)
