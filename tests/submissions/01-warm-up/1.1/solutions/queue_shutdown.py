"""Shuts the queue down where Python can (3.13), else cancels; the test takes the difference of two sets."""

import asyncio


async def first(urls, fetch):
    results = asyncio.Queue(maxsize=1)

    async def send(url):
        try:
            await results.put(await fetch(url))
        except getattr(asyncio, "QueueShutDown", ()):
            pass

    senders = [asyncio.create_task(send(url)) for url in urls]
    page = await results.get()
    if hasattr(results, "shutdown"):
        results.shutdown(immediate=True)
    else:
        for sender in senders:
            sender.cancel()
    return page


async def test_first():
    async def fetch(url):
        await asyncio.sleep(0.03)
        return url

    before = asyncio.all_tasks()
    await first([f"https://{n}.example" for n in range(20)], fetch)
    new = asyncio.all_tasks() - before
    if new:
        _, pending = await asyncio.wait(new, timeout=0.1)
        if pending:
            raise RuntimeError(f"{len(pending)} tasks are left")
