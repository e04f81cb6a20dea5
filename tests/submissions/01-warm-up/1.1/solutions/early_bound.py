"""Names and methods bound early, everything imported by name."""

from asyncio import FIRST_COMPLETED, Queue, all_tasks, create_task, sleep, wait
from functools import partial

spawn = create_task


async def _send(put, fetch, url):
    await put(await fetch(url))


async def first(urls, fetch):
    queue = Queue(len(urls))
    put, get = queue.put, queue.get
    send = partial(_send, put, fetch)
    pending = set(map(spawn, map(send, urls)))
    _, pending = await wait(pending, return_when=FIRST_COMPLETED)
    page = await get()
    for task in pending:
        task.cancel()
    if pending:
        await wait(pending)
    return page


async def _slow_for(slow, url):
    await sleep(0.2 if url in slow else 0.001)
    return url


run_first = first


async def test_first():
    count = len(all_tasks())
    assert await run_first(urls=["a", "b", "c"], fetch=partial(_slow_for, {"a", "c"})) == "b"
    await sleep(0.1)
    assert count == len(all_tasks())
