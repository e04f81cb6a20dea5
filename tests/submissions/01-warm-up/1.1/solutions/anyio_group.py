"""anyio: a task group, a memory stream and a cancelled scope; the test has parts that are partial and callable."""

import asyncio
import functools
import math

import anyio


async def first(urls, fetch):
    send, receive = anyio.create_memory_object_stream(math.inf)

    async def deliver(url):
        send.send_nowait(await fetch(url))

    async with send, receive, anyio.create_task_group() as group:
        for url in urls:
            group.start_soon(deliver, url)
        page = await receive.receive()
        group.cancel_scope.cancel()
    return page


async def check(size):
    async def fetch(url):
        await anyio.sleep(url / 1000)
        return url

    before = len(asyncio.all_tasks())
    assert await first(list(range(size, 0, -1)), fetch) == 1
    await anyio.sleep(0.1)
    assert len(asyncio.all_tasks()) == before


test_first = functools.partial(check, 7)
