# fails: 1.1b
"""Counts after asyncio.run, which has cancelled what was left."""

import asyncio


async def first(urls, fetch):
    results = asyncio.Queue(maxsize=len(urls))

    async def send(url):
        await results.put(await fetch(url))

    senders = [asyncio.create_task(send(url)) for url in urls]
    assert len(senders) == len(urls)
    return await results.get()


async def fetch(url):
    await asyncio.sleep(0.01 * int(url))
    return url


def test_first():
    async def main():
        await first(["3", "1", "2"], fetch)
        await asyncio.sleep(0.1)

    loop = asyncio.new_event_loop()
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(main())
    assert not asyncio.all_tasks(loop)
