"""The group's first error is taken out of it, and raised bare."""

import asyncio as aio


async def fetch_all(urls: list[str], fetch) -> list[str]:
    try:
        async with aio.TaskGroup() as group:
            tasks = list(map(group.create_task, map(fetch, urls)))
    except BaseExceptionGroup as errors:
        raise errors.exceptions[0] from None
    return list(map(aio.Task.result, tasks))
