"""Waits for one job, then takes what else is there without waiting."""

import asyncio


async def consume(jobs, handle):
    while True:
        batch = [await jobs.get()]
        try:
            while True:
                batch.append(jobs.get_nowait())
        except asyncio.QueueEmpty:
            pass
        for job in batch:
            handle(job)
