"""The test knows `first` from a table of cases."""

import asyncio


async def first(urls, fetch):
    ts = [asyncio.create_task(fetch(u)) for u in urls]
    done, _ = await asyncio.wait(ts, return_when=asyncio.FIRST_COMPLETED)
    for t in ts:
        t.cancel()
    return done.pop().result()


CASES = [(first, ["a"]), (first, ["a", "b"])]


async def test_first():
    async def fetch(u):
        await asyncio.sleep(0.01)
        return u

    for function, urls in CASES:
        n = len(asyncio.all_tasks())
        await function(urls, fetch)
        await asyncio.sleep(0.1)
        assert len(asyncio.all_tasks()) == n
