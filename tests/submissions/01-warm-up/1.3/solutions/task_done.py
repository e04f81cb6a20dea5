"""Marks every job as done."""

import asyncio


async def consume(jobs: asyncio.Queue, handle) -> None:
    while True:
        job = await jobs.get()
        try:
            handle(job)
        finally:
            jobs.task_done()
