# fails: 1.3a 1.3c
"""Gives the loop a turn after each look, and comes back at once."""

import asyncio


async def consume(jobs, handle):
    while True:
        try:
            job = jobs.get_nowait()
        except asyncio.QueueEmpty:
            await asyncio.sleep(0)
        else:
            handle(job)
