"""A subclass of Queue that takes the first item only, and a time limit round every fetch."""

import asyncio


class FirstOnly(asyncio.Queue):
    taken = False

    async def put(self, item):
        if not self.taken:
            self.taken = True
            await super().put(item)


async def first(urls, fetch):
    queue = FirstOnly(maxsize=1)

    async def send(url):
        await queue.put(await asyncio.wait_for(fetch(url), timeout=60))

    tasks = [asyncio.create_task(send(url)) for url in urls]
    page = await queue.get()
    del tasks
    return page


async def test_first():
    def fetch(url):
        return asyncio.sleep(0.01, result=url)

    baseline = len(asyncio.all_tasks())
    assert await first(["a", "b", "c", "d"], fetch) in "abcd"
    await asyncio.sleep(0.1)
    assert baseline == len(asyncio.all_tasks())
