"""An unbounded LifoQueue and weak references; the test is a static method and runs four times on one asyncio.Runner."""

import asyncio
import weakref


async def first(urls, fetch):
    queue = asyncio.LifoQueue()
    senders = weakref.WeakSet()
    for url in urls:
        senders.add(sender := asyncio.create_task(fetch(url)))
        sender.add_done_callback(lambda sender: sender.cancelled() or queue.put_nowait(sender))
    del sender
    page = (await queue.get()).result()
    for sender in list(senders):
        sender.cancel()
    return page


class Tests:
    @staticmethod
    def test():
        async def fetch(url):
            await asyncio.sleep({"slow": 1}.get(url, 0.01))
            return url

        with asyncio.Runner() as runner:
            before = runner.run(Tests.count())
            assert runner.run(first(["slow", "fast"], fetch)) == "fast"
            runner.run(asyncio.sleep(0.1))
            assert runner.run(Tests.count()) == before

    @staticmethod
    async def count():
        return len(asyncio.all_tasks())


test_first = Tests.test
