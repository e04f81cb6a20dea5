# fails: 1.3b
"""Takes the first cancellation for an accident."""

import asyncio


async def consume(jobs, handle):
    cancelled = 0
    while True:
        try:
            handle(await jobs.get())
        except asyncio.CancelledError:
            cancelled += 1
            asyncio.current_task().uncancel()
            if cancelled == 2:
                raise
