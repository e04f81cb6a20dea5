# fails: 1.3b
"""Catches the cancellation and returns."""

import asyncio


async def consume(jobs, handle):
    while True:
        try:
            job = await jobs.get()
        except asyncio.CancelledError:
            return
        handle(job)
