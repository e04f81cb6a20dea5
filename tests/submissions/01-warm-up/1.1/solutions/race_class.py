"""A class that starts its tasks when it is made, with private dunder-like names."""

import asyncio


class Race:
    def __init__(self, urls, fetch):
        self.__tasks = set()
        self.__winner = asyncio.get_running_loop().create_future()
        for url in urls:
            self.__tasks.add(asyncio.create_task(self.__run(fetch, url)))

    async def __run(self, fetch, url):
        page = await fetch(url)
        if not self.__winner.done():
            self.__winner.set_result(page)

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        for task in self.__tasks:
            task.cancel()
        if self.__tasks:
            await asyncio.wait(self.__tasks)

    def __await__(self):
        return self.__winner.__await__()


async def first(urls, fetch):
    async with Race(urls, fetch) as race:
        return await race


class Fetcher:
    def __init__(self):
        self.seen = []

    async def __call__(self, url):
        self.seen.append(url)
        await asyncio.sleep(0.001 * len(self.seen))
        return url


async def test_first():
    fetcher = Fetcher()
    __before = len(asyncio.all_tasks())
    page = await first([str(n) for n in range(100)], fetcher)
    for _ in range(10):
        await asyncio.sleep(0.01)
    assert page in fetcher.seen
    assert len(asyncio.all_tasks()) == __before, asyncio.all_tasks()
