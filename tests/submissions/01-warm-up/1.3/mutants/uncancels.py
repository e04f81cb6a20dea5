# fails: 1.3b
"""Takes the cancellation back."""

import asyncio


async def consume(jobs, handle):
    while asyncio.current_task().cancelling() == 0:
        try:
            handle(await jobs.get())
        except asyncio.CancelledError:
            asyncio.current_task().uncancel()
