"""The task closes the file itself, when it has written its last line."""

import asyncio
from contextlib import suppress

happens = "d"
principle = "c"


class Recorder:
    def __init__(self, events, file):
        self._events, self._file = events, file
        self._begun = False
        self._task = asyncio.create_task(self._write())

    async def _write(self):
        self._begun = True
        try:
            while True:
                await self._file.write(await self._events.get())
        finally:
            await self._file.write("end of record")
            await self._file.close()

    async def close(self):
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task
        if not self._begun:
            await self._file.close()
