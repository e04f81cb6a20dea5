# fails: 1.3b
"""A task for each job stays and waits for a signal that never comes."""

import asyncio


async def consume(jobs, handle):
    logged = asyncio.Event()

    async def run(job):
        handle(job)
        await logged.wait()

    running = set()
    while True:
        running.add(asyncio.create_task(run(await jobs.get())))
