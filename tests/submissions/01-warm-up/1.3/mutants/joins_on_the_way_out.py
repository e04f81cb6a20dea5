# fails: 1.3b
"""Waits until all jobs are marked as done, which nobody does."""


async def consume(jobs, handle):
    try:
        while True:
            handle(await jobs.get())
    finally:
        await jobs.join()
