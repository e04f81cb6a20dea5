"""One direction in a task, the other in the call itself."""

import asyncio
import contextlib

happens = "a"
principle = "a"


async def relay(client, server):
    async def answers():
        with contextlib.suppress(ConnectionError):
            while True:
                await client.send(await server.receive())
        asking.cancel()

    async def questions():
        while True:
            await server.send(await client.receive())

    asking = asyncio.create_task(questions())
    answering = asyncio.create_task(answers())
    try:
        with contextlib.suppress(ConnectionError):
            await asyncio.wait([asking])
            if not asking.cancelled():
                asking.result()
    finally:
        for task in (asking, answering):
            task.cancel()
        await asyncio.wait([asking, answering])
