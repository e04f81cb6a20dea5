"""A task group, and `except*`."""

import asyncio

happens = "a"
principle = "a"


async def pump(source, sink):
    while True:
        await sink.send(await source.receive())


async def relay(client, server):
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(pump(client, server))
            group.create_task(pump(server, client))
    except* ConnectionError:
        pass
