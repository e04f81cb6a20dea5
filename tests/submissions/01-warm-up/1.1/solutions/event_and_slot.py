"""An event and a list; the senders run on to their end. The test is a helper coroutine run for many sizes."""

import asyncio


async def first(urls, fetch):
    pages = []
    any_page = asyncio.Event()

    async def send(url):
        pages.append(await fetch(url))
        any_page.set()

    _keep = [asyncio.create_task(send(url)) for url in urls]
    await any_page.wait()
    return pages[0]


async def check_with(number):
    async def fetch(url):
        await asyncio.sleep(0.05 * (url != "0"))
        return f"page {url}"

    others = asyncio.all_tasks()
    assert await first([str(n) for n in range(number)], fetch) == "page 0"
    await asyncio.sleep(0.1)
    new = [task for task in asyncio.all_tasks() if task not in others]
    assert new == [], new


async def test_first():
    for number in (1, 2, 5, 100):
        await check_with(number)
