# fails: 1.3a
"""Handles every job twice."""


async def consume(jobs, handle):
    while True:
        job = await jobs.get()
        for _ in range(2):
            handle(job)
