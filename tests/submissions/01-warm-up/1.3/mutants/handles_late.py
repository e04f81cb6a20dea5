# fails: 1.3a
"""Hands the job to a timer, 20 ms later."""

import asyncio


async def consume(jobs, handle):
    loop = asyncio.get_running_loop()
    while True:
        loop.call_later(0.02, handle, await jobs.get())
