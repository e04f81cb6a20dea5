"""asyncio's own race; the test has its tasks recorded by a task factory."""

import asyncio
from asyncio.staggered import staggered_race
from functools import partial


async def first(urls, fetch):
    winner, *_ = await staggered_race([partial(fetch, url) for url in urls], delay=0)
    return winner


async def test_first():
    loop = asyncio.get_running_loop()
    made = []

    def factory(loop, coro, **kwargs):
        made.append(asyncio.Task(coro, loop=loop, **kwargs))
        return made[-1]

    async def fetch(url):
        await asyncio.sleep(url)
        return url

    loop.set_task_factory(factory)
    try:
        assert await first([0.3, 0.01, 0.2], fetch) == 0.01
    finally:
        loop.set_task_factory(None)
    await asyncio.sleep(0.1)
    assert all(task.done() for task in made), [task for task in made if not task.done()]
