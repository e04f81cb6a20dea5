"""`gather` waits for the task, and keeps its end to itself."""

import asyncio

happens = "d"
principle = "c"


class Recorder:
    def __init__(self, events, file):
        self.events, self.file = events, file
        self.task = asyncio.ensure_future(self.write())

    async def write(self):
        try:
            while True:
                event = await self.events.get()
                await self.file.write(event)
        finally:
            await self.file.write("end of record")

    async def close(self):
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)
        await self.file.close()
