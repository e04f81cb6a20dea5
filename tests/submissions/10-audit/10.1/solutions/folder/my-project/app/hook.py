import asyncio


async def notify(send, messages):
    for message in messages:
        asyncio.create_task(send(message))


async def notify_all(send, messages):
    async with asyncio.TaskGroup() as group:
        for message in messages:
            group.create_task(send(message))
