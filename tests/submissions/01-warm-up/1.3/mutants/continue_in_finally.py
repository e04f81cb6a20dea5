# fails: 1.3b
"""A `continue` in `finally` swallows the cancellation."""


async def consume(jobs, handle):
    while True:
        try:
            handle(await jobs.get())
        finally:
            continue
