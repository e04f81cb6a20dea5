"""The group lies in a context manager; the caller gets one error of its own, with the first one as its cause."""

import asyncio
from contextlib import asynccontextmanager


class FetchError(Exception):
    pass


@asynccontextmanager
async def fetching(urls, fetch):
    async with asyncio.TaskGroup() as group:
        yield [group.create_task(fetch(url)) for url in urls]


async def fetch_all(urls, fetch):
    try:
        async with fetching(urls, fetch) as tasks:
            pass
    except BaseExceptionGroup as group:
        raise FetchError(f"one of {len(urls)} fetches failed") from group.exceptions[0]
    return [task.result() for task in tasks]
