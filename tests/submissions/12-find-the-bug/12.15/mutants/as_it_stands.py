# fails: 12.15c
import asyncio

happens = "d"
principle = "c"


class Recorder:
    """Writes each event of a queue to `file`, in a task of its own, until `close()`."""

    def __init__(self, events, file):
        self._events, self._file = events, file
        self._task = asyncio.create_task(self._write())

    async def _write(self):
        try:
            while True:
                await self._file.write(await self._events.get())
        finally:
            await self._file.write("end of record")

    async def close(self):
        self._task.cancel()
        await self._file.close()
