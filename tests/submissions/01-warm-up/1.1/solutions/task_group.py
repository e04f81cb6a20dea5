"""A TaskGroup that a private exception ends; the test takes its tasks from the loop."""

import asyncio


class _Arrived(Exception):
    pass


async def first(urls, fetch):
    result = None

    async def run(url):
        nonlocal result
        result = await fetch(url)
        raise _Arrived

    try:
        async with asyncio.TaskGroup() as group:
            for url in urls:
                group.create_task(run(url))
    except* _Arrived:
        pass
    return result


async def test_first():
    loop = asyncio.get_running_loop()

    async def fetch(url):
        await asyncio.sleep(len(url) / 100)
        return url

    before = {id(task) for task in asyncio.all_tasks(loop)}
    winner = await asyncio.wait_for(first(["aaaa", "a", "aaa"], fetch), timeout=5)
    await asyncio.sleep(0.1)
    after = {id(task) for task in asyncio.all_tasks(loop)}
    assert winner == "a"
    assert after <= before
