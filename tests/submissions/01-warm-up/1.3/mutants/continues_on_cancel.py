# fails: 1.3b
"""Catches the cancellation and goes on."""

import asyncio


async def consume(jobs, handle):
    while True:
        try:
            job = await jobs.get()
        except asyncio.CancelledError:
            continue
        handle(job)
