"""A TaskGroup in a task of its own, cancelled as a whole; the test records every task that is made."""

import asyncio
import contextlib


async def first(urls, fetch):
    winner = asyncio.get_running_loop().create_future()

    async def attempt(url):
        page = await fetch(url)
        if not winner.done():
            winner.set_result(page)

    async def everything():
        async with asyncio.TaskGroup() as group:
            for url in urls:
                group.create_task(attempt(url))

    running = asyncio.create_task(everything())
    try:
        return await winner
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


async def test_first():
    made = []
    create_task = asyncio.create_task

    def recorded(*args, **kwargs):
        made.append(create_task(*args, **kwargs))
        return made[-1]

    async def fetch(url):
        try:
            await asyncio.sleep(5 if url == "slow" else 0.01)
        finally:
            await asyncio.sleep(0.02)
        return url

    asyncio.create_task = recorded
    try:
        assert await first(["slow", "fast"], fetch) == "fast"
        await asyncio.sleep(0.1)
    finally:
        asyncio.create_task = create_task
    assert made
    assert all(task.done() for task in made)
