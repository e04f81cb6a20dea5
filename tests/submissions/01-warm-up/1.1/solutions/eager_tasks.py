"""Eager tasks where Python has them (3.12); the test is a unittest.IsolatedAsyncioTestCase."""

import asyncio
import sys
import unittest


async def first(urls, fetch):
    loop = asyncio.get_running_loop()
    factory = loop.get_task_factory()
    if sys.version_info >= (3, 12):
        loop.set_task_factory(asyncio.eager_task_factory)
    try:
        tasks = [loop.create_task(fetch(url)) for url in urls]
    finally:
        loop.set_task_factory(factory)
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    winner = next(task for task in tasks if task.done())
    losers = [task for task in tasks if not task.done()]
    for loser in losers:
        loser.cancel()
    await asyncio.gather(*losers, return_exceptions=True)
    return winner.result()


class TestFirst(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.before = len(asyncio.all_tasks())

    async def fetch(self, url):
        await asyncio.sleep(0.01)
        return url

    async def test_no_task_is_left(self):
        await first(["a", "b", "c"], self.fetch)
        await asyncio.sleep(0.1)
        self.assertEqual(self.before, len(asyncio.all_tasks()))


def test_first():
    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(TestFirst).run(result)
    assert result.wasSuccessful(), result.failures + result.errors
