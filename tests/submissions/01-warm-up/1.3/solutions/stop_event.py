"""Waits on a job and on an event of its own, whichever comes first."""

import asyncio


async def consume(jobs, handle):
    stopped = asyncio.Event()
    waits = {"stop": asyncio.create_task(stopped.wait())}
    try:
        while not stopped.is_set():
            waits["job"] = asyncio.create_task(jobs.get())
            done, _ = await asyncio.wait(waits.values(), return_when=asyncio.FIRST_COMPLETED)
            if waits["job"] in done:
                handle(waits.pop("job").result())
    finally:
        for task in waits.values():
            task.cancel()
        await asyncio.gather(*waits.values(), return_exceptions=True)
