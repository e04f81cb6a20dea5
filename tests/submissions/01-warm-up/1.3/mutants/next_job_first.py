# fails: 1.3a
"""Handles a job when the next one has come."""


async def consume(jobs, handle):
    job = await jobs.get()
    while True:
        following = await jobs.get()
        handle(job)
        job = following
