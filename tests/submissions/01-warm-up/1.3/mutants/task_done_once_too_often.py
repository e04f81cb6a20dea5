# fails: 1.3b
"""Marks a job as done on its way out that it never got."""


async def consume(jobs, handle):
    while True:
        try:
            job = await jobs.get()
            handle(job)
        finally:
            jobs.task_done()
