"""A task waits for the losers and ends with them; the test sees every task through a task factory."""

import asyncio


async def first(urls, fetch):
    tasks = [asyncio.create_task(fetch(url)) for url in urls]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)

    async def reap():
        await asyncio.gather(*pending, return_exceptions=True)

    first.reaper = asyncio.create_task(reap())
    return next(iter(done)).result()


async def test_first():
    made = set()

    def factory(loop, coroutine, **options):
        task = asyncio.Task(coroutine, loop=loop, **options)
        made.add(task)
        return task

    async def background():
        while True:
            await asyncio.sleep(0.01)

    beating = asyncio.create_task(background())
    loop = asyncio.get_running_loop()
    loop.set_task_factory(factory)
    try:
        assert await first(["a"], lambda url: asyncio.sleep(0.01, result=url)) == "a"
        await asyncio.sleep(0.1)
        assert not [task for task in made if not task.done()]
    finally:
        loop.set_task_factory(None)
        beating.cancel()
