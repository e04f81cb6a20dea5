# fails: 1.3a
"""Gives `handle` the wrong thing."""


async def consume(jobs, handle):
    while True:
        await jobs.get()
        handle(jobs)
