# fails: 1.1a 1.1c
"""Gives asyncio.wait coroutines, which it no longer takes."""

import asyncio


async def first(urls, fetch):
    done, _ = await asyncio.wait([fetch(url) for url in urls], return_when=asyncio.FIRST_COMPLETED)
    return done.pop().result()


async def fetch(url):
    await asyncio.sleep(0.01 * int(url))
    return url


async def test_first():
    before = len(asyncio.all_tasks())
    assert await first(["3", "1", "2"], fetch) == "1"
    await asyncio.sleep(0.1)
    assert len(asyncio.all_tasks()) == before
