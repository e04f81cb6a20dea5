"""The group is entered on an `AsyncExitStack`, under an alias."""

import asyncio as aio
from contextlib import AsyncExitStack
from functools import partial


async def fetch_all(urls, fetch):
    async with AsyncExitStack() as stack:
        group = await stack.enter_async_context(aio.TaskGroup())
        start = [partial(group.create_task, fetch(url)) for url in urls]
        tasks = [begin() for begin in start]
    return [*map(aio.Task.result, tasks)]
