"""One limit for the whole goodbye."""

import asyncio
from contextlib import suppress

happens = "d"
principle = "d"


async def session(connection, handle):
    """Handle what the peer sends, until cancelled; then say goodbye, and close the connection."""
    try:
        while True:
            await handle(await connection.receive())
    finally:
        try:
            # The cancel does not come a second time: the goodbye needs a limit of its own, one for all of it.
            with suppress(TimeoutError):
                async with asyncio.timeout(2):
                    await connection.send("bye")
                    while await connection.receive() != "bye":
                        pass  # what the peer had sent before it read ours
        finally:
            connection.close()
