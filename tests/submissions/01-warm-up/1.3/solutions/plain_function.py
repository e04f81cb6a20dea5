"""A plain function that returns a coroutine; the jobs come through a generator-based awaitable."""

import types


@types.coroutine
def each(jobs, handle):
    while True:
        job = yield from jobs.get().__await__()
        handle(job)


def consume(jobs, handle):
    return run(jobs, handle)


async def run(*args):
    await each(*args)
