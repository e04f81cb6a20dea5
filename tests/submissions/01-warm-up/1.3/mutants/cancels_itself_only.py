# fails: 1.3b
"""Notes the cancellation and looks at the note after the next job."""

import asyncio


async def consume(jobs, handle):
    cancelled = False
    while not cancelled:
        try:
            job = await jobs.get()
        except asyncio.CancelledError:
            cancelled = True
            job = await jobs.get()
        handle(job)
    raise asyncio.CancelledError
