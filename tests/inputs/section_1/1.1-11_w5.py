# solution: 1.1
import asyncio


async def first(urls, fetch):
    results = asyncio.Queue(maxsize=len(urls))

    async def send(url):
        await results.put(await fetch(url))

    for url in urls:
        asyncio.create_task(send(url))
    return await results.get()


async def test_first():
    """one URL: cannot see the leak of the starting code at all"""

    async def fetch(url):
        return url

    before = len(asyncio.all_tasks())
    await first(["a"], fetch)
    await asyncio.sleep(0.1)
    assert len(asyncio.all_tasks()) == before
