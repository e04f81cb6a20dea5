"""An async comprehension over an iterator made of the queue's get, for ever."""


async def forever(get):
    while True:
        yield await get()


async def consume(jobs, handle):
    stream = forever(jobs.get)
    try:
        [None async for job in stream if handle(job)]
    finally:
        await stream.aclose()
