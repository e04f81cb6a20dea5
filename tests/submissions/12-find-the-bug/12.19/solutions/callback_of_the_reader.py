"""A callback of the reader's task tells those who wait."""

import asyncio
from itertools import count

happens = "d"
principle = "h"


class Client:
    def __init__(self, connection, patience):
        self._connection, self._patience = connection, patience
        self._numbers, self._answers = count(), {}
        self._reader = asyncio.create_task(self._read())
        self._reader.add_done_callback(self._reader_ended)

    async def ask(self, question):
        number = next(self._numbers)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        try:
            await self._connection.send(number, question)
            return await asyncio.wait_for(answer, self._patience)
        finally:
            del self._answers[number]

    def _reader_ended(self, reader):
        cause = None if reader.cancelled() else reader.exception()
        for answer in self._answers.values():
            if not answer.done():
                error = ConnectionResetError("no answer can come any more")
                error.__cause__ = cause
                answer.set_exception(error)

    async def _read(self):
        while True:
            number, text = await self._connection.receive()
            answer = self._answers.get(number)
            if answer and not answer.done():
                answer.set_result(text)

    async def close(self):
        self._reader.cancel()
        await asyncio.wait([self._reader])
