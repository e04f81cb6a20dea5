"""asyncio.wait for the first, then cancel the losers and wait for them; the test asserts in unittest's way."""

import asyncio
import unittest


async def first(urls, fetch):
    tasks = [asyncio.ensure_future(fetch(url)) for url in urls]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        return done.pop().result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class TheTest(unittest.TestCase):
    def runTest(self):
        pass


async def test_first():
    case = TheTest()

    async def fetch(url):
        await asyncio.sleep(10 if url != "fast" else 0)
        return url

    for urls in (["fast"], ["slow", "fast"], ["slow"] * 30 + ["fast"]):
        before = asyncio.all_tasks()
        case.assertEqual(await first(urls, fetch), "fast")
        await asyncio.sleep(0.1)
        case.assertSetEqual(asyncio.all_tasks(), before)
