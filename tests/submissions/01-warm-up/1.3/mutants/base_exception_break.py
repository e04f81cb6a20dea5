# fails: 1.3b
"""Leaves the loop on any exception, and so ends as if all were well."""


async def consume(jobs, handle):
    while True:
        try:
            job = await jobs.get()
        except BaseException:
            break
        handle(job)
