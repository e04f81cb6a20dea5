# fails: 1.3b
"""Starts the loop as a task and returns."""

import asyncio


async def consume(jobs, handle):
    async def work():
        while True:
            handle(await jobs.get())

    working.append(asyncio.create_task(work()))


working = []
