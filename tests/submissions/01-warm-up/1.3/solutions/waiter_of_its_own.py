"""Waits by a future of its own among the queue's getters."""

import asyncio


async def consume(jobs, handle):
    loop = asyncio.get_running_loop()
    while True:
        while jobs.empty():
            getter = loop.create_future()
            jobs._getters.append(getter)
            try:
                await getter
            except BaseException:
                getter.cancel()
                if getter in jobs._getters:
                    jobs._getters.remove(getter)
                raise
        handle(jobs.get_nowait())
