"""`first` is a plain function that returns a coroutine, and so is the test; it counts what the collector knows."""

import asyncio
import gc


def first(urls, fetch):
    return _first([*urls], fetch)


async def _first(urls, fetch):
    senders = [asyncio.create_task(fetch(url)) for url in urls]
    while True:
        done, _ = await asyncio.wait(senders, timeout=1, return_when=asyncio.FIRST_COMPLETED)
        if done:
            break
    [sender.cancel() for sender in senders]
    return done.pop().result()


def alive():
    return sum(isinstance(thing, asyncio.Task) and not thing.done() for thing in gc.get_objects())


def test_first():
    return _test(number=3)


async def _test(number):
    async def fetch(url):
        await asyncio.sleep(0.01)
        return url

    before = alive()
    await first([str(n) for n in range(number)], fetch)
    await asyncio.sleep(0.1)
    assert alive() == before
