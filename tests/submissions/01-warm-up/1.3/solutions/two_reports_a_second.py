"""A report every half second, by a timer of the loop, cancelled at the end."""

import asyncio
import logging


async def consume(jobs, handle):
    loop = asyncio.get_running_loop()

    def report():
        nonlocal timer
        logging.debug("%d jobs wait", jobs.qsize())
        timer = loop.call_later(0.5, report)

    timer = loop.call_later(0.5, report)
    try:
        while True:
            handle(await jobs.get())
    finally:
        timer.cancel()
