# fails: 1.3a 1.3b 1.3c
"""Awaits what `handle` returns, which is nothing."""


async def consume(jobs, handle):
    while True:
        await handle(await jobs.get())
