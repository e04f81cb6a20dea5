# fails: 1.3a 1.3b
"""Returns after the first job."""


async def consume(jobs, handle):
    handle(await jobs.get())
