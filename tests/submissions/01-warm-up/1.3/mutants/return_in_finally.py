# fails: 1.3b
"""A `return` in `finally` swallows the cancellation."""


async def consume(jobs, handle):
    handled = 0
    try:
        while True:
            handle(await jobs.get())
            handled += 1
    finally:
        return handled
