"""A task group of anyio's."""

import anyio

happens = "a"
principle = "a"


async def relay(client, server):
    async def pump(source, sink):
        try:
            while True:
                await sink.send(await source.receive())
        except ConnectionError:
            group.cancel_scope.cancel()

    async with anyio.create_task_group() as group:
        group.start_soon(pump, client, server)
        group.start_soon(pump, server, client)
