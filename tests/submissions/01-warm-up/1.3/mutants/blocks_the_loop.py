# fails: 1.3a 1.3b
"""Sleeps with time.sleep, so that no other task gets a turn."""

import asyncio
import time


async def consume(jobs, handle):
    while True:
        try:
            handle(jobs.get_nowait())
        except asyncio.QueueEmpty:
            time.sleep(0.05)
