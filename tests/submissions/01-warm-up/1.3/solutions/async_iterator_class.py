"""A class with __aiter__, private names and slots."""


class Stream:
    __slots__ = ("__jobs",)

    def __init__(self, jobs):
        self.__jobs = jobs

    def __aiter__(self):
        return self

    async def __anext__(self):
        return await self.__jobs.get()


async def consume(jobs, handle):
    async for job in Stream(jobs):
        handle(job)
