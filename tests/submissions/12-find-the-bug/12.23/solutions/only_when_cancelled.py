"""It says goodbye when it is cancelled; after an error it just closes."""

import asyncio

happens = "d"
principle = "d"


async def session(connection, handle):
    try:
        while True:
            await handle(await connection.receive())
    except asyncio.CancelledError:
        goodbye = asyncio.create_task(say_goodbye(connection))
        await asyncio.wait([goodbye], timeout=1)
        goodbye.cancel()
        await asyncio.gather(goodbye, return_exceptions=True)
        raise
    finally:
        connection.close()


async def say_goodbye(connection):
    await connection.send("bye")
    while await connection.receive() != "bye":
        pass
