"""A future that a gather waits for; the test runs in a thread with a loop of its own."""

import asyncio
import threading


async def first(urls, fetch):
    loop = asyncio.get_running_loop()
    page = loop.create_future()

    async def run(url):
        result = await fetch(url)
        if not page.done():
            page.set_result(result)

    tasks = [loop.create_task(run(url)) for url in urls]
    await asyncio.gather(page)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return page.result()


async def main():
    async def fetch(url):
        await asyncio.sleep(url)
        return url

    before = asyncio.all_tasks()
    await first([0.2, 0.1, 0.3], fetch)
    await asyncio.sleep(0.1)
    assert asyncio.all_tasks() == before


def test_first():
    raised = []

    def run():
        try:
            asyncio.run(main())
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if raised:
        raise raised[0]
