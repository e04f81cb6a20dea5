"""An unbounded queue; the test looks again and again for at most 100 ms and tells tasks apart by identity."""

import asyncio
import gc
from time import monotonic


async def first(urls: list[str], fetch) -> str:
    arrivals: asyncio.Queue[str] = asyncio.Queue()
    background = set()
    for url in urls:

        async def deliver(url=url):
            arrivals.put_nowait(await fetch(url))

        task = asyncio.create_task(deliver(), name=f"fetch {url}")
        background.add(task)
        task.add_done_callback(background.discard)
    return await arrivals.get()


async def test_first():
    async def instant(url):
        return url.upper()

    baseline = set(asyncio.all_tasks())
    assert await first(["a", "b", "c", "d", "e"], instant) in set("ABCDE")
    deadline = monotonic() + 0.1
    while (left := asyncio.all_tasks() - baseline) and monotonic() < deadline:
        await asyncio.sleep(0.005)
    gc.collect()
    assert not left, f"still alive: {left}"
