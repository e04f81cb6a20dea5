"""The goodbye is a coroutine of its own, with `wait_for` round it."""

import asyncio

happens = "d"
principle = "d"


async def say_goodbye(connection):
    await connection.send("bye")
    while await connection.receive() != "bye":
        pass


async def session(connection, handle):
    try:
        while True:
            message = await connection.receive()
            await handle(message)
    finally:
        try:
            await asyncio.wait_for(say_goodbye(connection), timeout=3)
        except TimeoutError:
            print("the peer has not said bye")
        finally:
            connection.close()
