"""The test knows `first` by a partial that was made beside it."""

import asyncio
import functools


async def first(urls, fetch):
    ts = [asyncio.create_task(fetch(u)) for u in urls]
    done, _ = await asyncio.wait(ts, return_when=asyncio.FIRST_COMPLETED)
    for t in ts:
        t.cancel()
    return done.pop().result()


async def fake_fetch(u):
    await asyncio.sleep(0.01)
    return u


race = functools.partial(first, fetch=fake_fetch)


async def test_first():
    n = len(asyncio.all_tasks())
    await race(["a", "b"])
    await asyncio.sleep(0.1)
    assert len(asyncio.all_tasks()) == n
