"""An async generator over the queue."""

from contextlib import aclosing


async def each(jobs):
    while True:
        yield await jobs.get()


async def consume(jobs, handle):
    async with aclosing(each(jobs)) as stream:
        async for job in stream:
            handle(job)
