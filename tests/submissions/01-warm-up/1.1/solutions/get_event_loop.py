"""Halves race against halves; the test takes the main thread's loop, in the old way."""

import asyncio


async def first(urls, fetch):
    if len(urls) == 1:
        return await fetch(urls[0])
    middle = len(urls) // 2
    halves = [asyncio.ensure_future(first(half, fetch)) for half in (urls[:middle], urls[middle:])]
    try:
        done, _ = await asyncio.wait(halves, return_when=asyncio.FIRST_COMPLETED)
        return done.pop().result()
    finally:
        for half in halves:
            half.cancel()
        await asyncio.wait(halves)


def test_first():
    try:
        loop = asyncio.get_event_loop()
    except RuntimeError:
        loop = asyncio.new_event_loop()

    async def fetch(url):
        await asyncio.sleep(0.001)
        return url

    async def main():
        before = len(asyncio.all_tasks())
        await first(["a", "b", "c"], fetch)
        await asyncio.sleep(0.1)
        return len(asyncio.all_tasks()) - before

    assert loop.run_until_complete(main()) == 0
