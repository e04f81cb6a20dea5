# fails: 1.3b
"""Waits for one more job before it ends."""


async def consume(jobs, handle):
    try:
        while True:
            handle(await jobs.get())
    finally:
        handle(await jobs.get())
