# fails: 1.3a 1.3b
"""Ends as soon as the queue is empty."""


async def consume(jobs, handle):
    while not jobs.empty():
        handle(await jobs.get())
