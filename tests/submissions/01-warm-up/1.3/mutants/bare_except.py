# fails: 1.3b
"""A bare `except` swallows the cancellation."""


async def consume(jobs, handle):
    while True:
        try:
            job = await jobs.get()
        except:
            continue
        handle(job)
