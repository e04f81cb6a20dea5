"""`first` is an object that is called; the test counts in a timer's callback."""

import asyncio


class First:
    async def __call__(self, urls, fetch):
        return await self._race([fetch(url) for url in urls])

    @staticmethod
    async def _race(coroutines):
        pending = set(map(asyncio.ensure_future, coroutines))
        try:
            done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            (winner, *_) = done
            return await winner
        finally:
            for loser in pending:
                loser.cancel()


first = First()


async def test_first():
    loop = asyncio.get_running_loop()
    counted = loop.create_future()

    async def fetch(url):
        await asyncio.sleep(0.001 * ord(url))
        return url

    before = len(asyncio.all_tasks())
    assert await first("dcba", fetch) == "a"
    loop.call_later(0.1, lambda: counted.set_result(len(asyncio.all_tasks())))
    assert await counted == before
