# fails: 1.3a
"""Every time-out leaves a getter behind, which takes a job that nobody handles."""

import asyncio


async def consume(jobs, handle):
    getters = []
    try:
        while True:
            getters.append(asyncio.create_task(jobs.get()))
            done, _ = await asyncio.wait(getters[-1:], timeout=0.7)
            for getter in done:
                handle(getter.result())
    finally:
        for getter in getters:
            getter.cancel()
