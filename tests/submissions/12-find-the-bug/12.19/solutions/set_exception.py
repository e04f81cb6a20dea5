"""The reader hands its error to every future that waits."""

import asyncio
from itertools import count

happens = "d"
principle = "h"


class Client:
    """Asks over one connection, many questions at once. Nobody waits for an answer longer than `patience` seconds."""

    def __init__(self, connection, patience):
        self._connection, self._patience = connection, patience
        self._numbers, self._answers = count(), {}
        self._reader = asyncio.create_task(self._read())

    async def ask(self, question):
        number = next(self._numbers)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(self._patience):
                await self._connection.send(number, question)
                return await answer
        finally:
            del self._answers[number]

    async def _read(self):
        try:
            while True:
                number, text = await self._connection.receive()
                answer = self._answers.get(number)
                if answer and not answer.done():
                    answer.set_result(text)
        except Exception as error:
            # The reader is the only one who sees it. Those who wait have to be told.
            for answer in self._answers.values():
                if not answer.done():
                    answer.set_exception(error)

    async def close(self):
        self._reader.cancel()
        await asyncio.wait([self._reader])
