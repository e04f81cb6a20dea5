# fails: 12.23c
happens = "d"
principle = "d"


async def session(connection, handle):
    """Handle what the peer sends, until cancelled; then say goodbye, and close the connection."""
    try:
        while True:
            await handle(await connection.receive())
    finally:
        try:
            await connection.send("bye")
            while await connection.receive() != "bye":
                pass  # what the peer had sent before it read ours
        finally:
            connection.close()
