"""A test that counts the tasks the garbage collector knows, in two calls at once."""

import asyncio
import gc


async def first(urls, fetch):
    results = asyncio.Queue()

    async def send(url):
        await results.put(await fetch(url))

    senders = [asyncio.create_task(send(url)) for url in urls]
    page = await results.get()
    for sender in senders:
        sender.cancel()
    await asyncio.wait(senders)
    return page


def alive():
    return sum(isinstance(thing, asyncio.Task) and not thing.done() for thing in gc.get_objects())


async def test_first():
    async def fetch(url):
        if url == "never":
            await asyncio.Event().wait()
        return url

    before = alive()
    calls = [first(["never", "now"], fetch), first(["now", "never", "never"], fetch)]
    assert await asyncio.gather(*calls) == ["now", "now"]
    await asyncio.sleep(0.1)
    assert alive() <= before
