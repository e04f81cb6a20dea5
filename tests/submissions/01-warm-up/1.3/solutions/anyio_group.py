"""anyio: a producer and a stream."""

import anyio


async def consume(jobs, handle):
    send, receive = anyio.create_memory_object_stream(0)

    async def produce():
        while True:
            await send.send(await jobs.get())

    async with anyio.create_task_group() as group, send, receive:
        group.start_soon(produce)
        async for job in receive:
            handle(job)
