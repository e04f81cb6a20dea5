"""A worker runs in the executor all the while and waits there for what it is given."""

import asyncio
import queue


async def consume(jobs, handle):
    inbox = queue.Queue()

    def work():
        while (job := inbox.get()) is not None:
            handle(*job)

    working = asyncio.get_running_loop().run_in_executor(None, work)
    try:
        while True:
            inbox.put([await jobs.get()])
    finally:
        inbox.put(None)
        await asyncio.shield(working)
