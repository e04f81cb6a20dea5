# fails: 1.3a 1.3b 1.3c
"""Never gives the loop a turn."""

import asyncio


async def consume(jobs, handle):
    while True:
        try:
            handle(jobs.get_nowait())
        except asyncio.QueueEmpty:
            pass
