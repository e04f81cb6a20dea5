# fails: 1.3b
"""A helper task is left behind."""

import asyncio
import logging


async def consume(jobs, handle):
    async def watch():
        while True:
            await asyncio.sleep(2)
            logging.info("%d jobs", jobs.qsize())

    _watcher = asyncio.create_task(watch())
    while True:
        handle(await jobs.get())
