"""Catches the cancellation to log it and raises it again."""

import asyncio
import logging


async def consume(jobs, handle):
    handled = 0
    try:
        while True:
            job = await jobs.get()
            try:
                handle(job)
            except Exception:
                logging.exception("job %r", job)
            handled += 1
    except asyncio.CancelledError:
        logging.info("cancelled after %d jobs", handled)
        await asyncio.sleep(0.02)
        raise
