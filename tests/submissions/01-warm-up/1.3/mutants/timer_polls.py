# fails: 1.3a
"""Polls from a timer of the loop, without a task."""

import asyncio


async def consume(jobs, handle):
    loop = asyncio.get_running_loop()

    def look():
        nonlocal timer
        while not jobs.empty():
            handle(jobs.get_nowait())
        timer = loop.call_later(0.005, look)

    timer = loop.call_soon(look)
    try:
        await loop.create_future()
    finally:
        timer.cancel()
