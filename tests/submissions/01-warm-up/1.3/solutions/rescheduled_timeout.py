"""asyncio.timeout that is put off with every job; a minute of idleness is logged."""

import asyncio
import logging


async def consume(jobs, handle):
    loop = asyncio.get_running_loop()
    while True:
        try:
            async with asyncio.timeout(60) as limit:
                while True:
                    handle(await jobs.get())
                    limit.reschedule(loop.time() + 60)
        except TimeoutError:
            logging.info("a minute without a job")
