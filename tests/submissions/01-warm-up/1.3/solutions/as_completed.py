"""as_completed over getters, one at a time; ended by the queue's shutdown where there is one (3.13)."""

import asyncio


async def consume(jobs, handle):
    getters = []
    try:
        while True:
            getters = [asyncio.create_task(jobs.get())]
            for done in asyncio.as_completed(getters):
                handle(await done)
    except getattr(asyncio, "QueueShutDown", ()):
        return
    finally:
        for getter in getters:
            getter.cancel()
        await asyncio.gather(*getters, return_exceptions=True)
