"""A bare future that done-callbacks fill; the losers are cancelled but not awaited."""

import asyncio
from unittest.mock import AsyncMock


async def first(urls, fetch):
    loop = asyncio.get_running_loop()
    winner = loop.create_future()
    tasks = [loop.create_task(fetch(url)) for url in urls]

    def arrived(task):
        if winner.done() or task.cancelled():
            return
        if task.exception():
            winner.set_exception(task.exception())
        else:
            winner.set_result(task.result())
        for other in tasks:
            other.cancel()

    for task in tasks:
        task.add_done_callback(arrived)
    return await winner


async def test_first():
    fetch = AsyncMock(side_effect=lambda url: url * 2)
    before = len(asyncio.all_tasks())
    result = await first(["x", "y", "z"], fetch)
    await asyncio.sleep(0.1)
    assert result in ("xx", "yy", "zz")
    assert fetch.await_count == 3
    assert len(asyncio.all_tasks()) == before
