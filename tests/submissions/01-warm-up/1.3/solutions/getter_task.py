"""One task for each get, kept over time-outs, cancelled at the end."""

import asyncio


async def consume(jobs, handle):
    getter = asyncio.create_task(jobs.get())
    try:
        while True:
            await asyncio.wait({getter}, timeout=2)
            if getter.done():
                job, getter = getter.result(), asyncio.create_task(jobs.get())
                handle(job)
    finally:
        getter.cancel()
