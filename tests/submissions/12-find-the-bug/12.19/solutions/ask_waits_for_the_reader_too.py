"""`ask` waits for its answer or for the reader's end, whichever comes first."""

import asyncio
from itertools import count

happens = "d"
principle = "h"


class Client:
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
                await asyncio.wait([answer, self._reader], return_when=asyncio.FIRST_COMPLETED)
            if answer.done():
                return answer.result()
            raise ConnectionError("the connection is lost")
        finally:
            del self._answers[number]

    async def _read(self):
        while True:
            number, text = await self._connection.receive()
            answer = self._answers.get(number)
            if answer and not answer.done():
                answer.set_result(text)

    async def close(self):
        self._reader.cancel()
        await asyncio.gather(self._reader, return_exceptions=True)
