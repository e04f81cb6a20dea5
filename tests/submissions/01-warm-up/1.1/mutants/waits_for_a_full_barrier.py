# fails: 1.1a 1.1c
"""The losers meet at a barrier, to which the winner does not come."""

import asyncio


async def first(urls, fetch):
    winner = asyncio.get_running_loop().create_future()
    losers_meet = asyncio.Barrier(len(urls))

    async def send(url):
        page = await fetch(url)
        if winner.done():
            await losers_meet.wait()
        else:
            winner.set_result(page)

    _senders = [asyncio.create_task(send(url)) for url in urls]
    return await winner


async def test_first():
    async def fetch(url):
        await asyncio.sleep(0.01 * int(url))
        return url

    before = len(asyncio.all_tasks())
    assert await first(["3", "1", "2"], fetch) == "1"
    await asyncio.sleep(0.1)
    assert len(asyncio.all_tasks()) == before
