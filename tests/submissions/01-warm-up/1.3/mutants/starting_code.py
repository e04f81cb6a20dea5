# fails: 1.3a 1.3b 1.3c
"""The starting code: a bare `except` that spins and swallows cancellation."""

import asyncio


async def consume(jobs, handle):
    while True:
        try:
            handle(jobs.get_nowait())
        except:
            pass
        try:
            await asyncio.sleep(0)
        except:
            continue
