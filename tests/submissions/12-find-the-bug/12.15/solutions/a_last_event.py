"""A last event tells the task to end; nothing is cancelled."""

import asyncio

happens = "d"
principle = "c"

END = object()


class Recorder:
    def __init__(self, events, file):
        self._events, self._file = events, file
        self._task = asyncio.create_task(self._write())

    async def _write(self):
        while (event := await self._events.get()) is not END:
            await self._file.write(event)
        await self._file.write("end of record")

    async def close(self):
        await self._events.put(END)
        await self._task
        await self._file.close()
