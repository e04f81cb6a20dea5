# fails: 1.3a 1.3b 1.3c
"""Yields what `handle` returns, and so does nothing when called."""


async def consume(jobs, handle):
    while True:
        yield handle(await jobs.get())
