"""A peer that does not answer makes the session end with a `TimeoutError`."""

import asyncio

happens = "d"
principle = "d"


async def session(connection, handle):
    try:
        while True:
            await handle(await connection.receive())
    finally:
        try:
            async with asyncio.timeout(1):
                await connection.send("bye")
                while await connection.receive() != "bye":
                    continue
        finally:
            connection.close()
