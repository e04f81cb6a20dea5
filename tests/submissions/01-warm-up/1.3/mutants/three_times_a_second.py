# fails: 1.3a
"""Waits on the queue, for a third of a second at a time, with a report each time."""

import asyncio
import logging


async def consume(jobs, handle):
    while True:
        try:
            handle(await asyncio.wait_for(jobs.get(), timeout=1 / 3))
        except TimeoutError:
            logging.info("%d jobs", jobs.qsize())
