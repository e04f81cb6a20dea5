# fails: 1.3a
"""Takes jobs and does not handle them."""


async def consume(jobs, handle):
    while True:
        await jobs.get()
        jobs.task_done()
