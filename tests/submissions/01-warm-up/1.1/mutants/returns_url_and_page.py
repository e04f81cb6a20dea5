# fails: 1.1a
"""Returns the URL with its page."""

import asyncio


async def first(urls, fetch):
    async def send(url):
        return url, await fetch(url)

    done, losers = await asyncio.wait(
        [asyncio.create_task(send(url)) for url in urls], return_when=asyncio.FIRST_COMPLETED
    )
    for loser in losers:
        loser.cancel()
    return done.pop().result()


async def fetch(url):
    await asyncio.sleep(0.01 * int(url))
    return url


async def test_first():
    before = len(asyncio.all_tasks())
    assert await first(["3", "1", "2"], fetch) == "1"
    await asyncio.sleep(0.1)
    assert len(asyncio.all_tasks()) == before
