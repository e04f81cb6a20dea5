"""At most ten jobs in a turn, then the others have theirs; errors of `handle` are logged."""

import asyncio
import logging


async def consume(jobs, handle):
    while not asyncio.current_task().cancelling():
        job = await jobs.get()
        for _ in range(10):
            try:
                handle(job)
            except Exception:
                logging.exception("%r", job)
            if jobs.empty():
                break
            job = jobs.get_nowait()
        else:
            handle(job)
        await asyncio.sleep(0)
