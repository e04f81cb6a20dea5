"""Waits for the first to end, then cancels both and waits again."""

import asyncio

happens = "a"
principle = "a"


async def pump(source, sink):
    try:
        while True:
            await sink.send(await source.receive())
    except ConnectionError:
        return


async def relay(client, server):
    tasks = [asyncio.create_task(pump(client, server)), asyncio.create_task(pump(server, client))]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
