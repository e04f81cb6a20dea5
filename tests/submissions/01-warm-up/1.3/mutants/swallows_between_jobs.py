# fails: 1.3b
"""Guards the handling against every exception, a cancellation included."""

import asyncio
import logging


async def consume(jobs, handle):
    while True:
        job = await jobs.get()
        try:
            handle(job)
            await asyncio.sleep(0)
        except BaseException:
            logging.exception("job %r failed", job)
