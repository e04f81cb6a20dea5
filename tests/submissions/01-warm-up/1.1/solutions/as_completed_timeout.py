"""next(as_completed()) within asyncio.timeout; the test takes its tasks from a list that it prints."""

import asyncio


async def first(urls, fetch):
    tasks = list(map(asyncio.create_task, map(fetch, urls)))
    try:
        async with asyncio.timeout(3600):
            return await next(asyncio.as_completed(tasks))
    finally:
        waiting = [task for task in tasks if task.cancel()]
        if waiting:
            await asyncio.wait(waiting)


async def test_first():
    me = asyncio.current_task()
    start = asyncio.get_running_loop().time()

    async def fetch(url):
        await asyncio.sleep({"x": 0.5, "y": 0.25}[url])
        return url

    def others():
        return {task for task in asyncio.all_tasks() if task is not me and not task.done()}

    baseline = others()
    assert await first(["x", "y"], fetch) == "y"
    end = asyncio.get_running_loop().time() + 0.1
    while asyncio.get_running_loop().time() < end:
        await asyncio.sleep(0.02)
    left = others() - baseline
    for task in left:
        task.print_stack()
    assert not left, f"after {end - start} s"
