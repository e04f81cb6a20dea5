# fails: 1.3b
"""Takes what is left off the queue when it is cancelled, to log it."""

import asyncio
import logging


async def consume(jobs, handle):
    try:
        while True:
            handle(await jobs.get())
    finally:
        await asyncio.sleep(0.01)
        while not jobs.empty():
            logging.warning("%r is not done", jobs.get_nowait())
