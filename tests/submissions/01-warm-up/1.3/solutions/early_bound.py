"""Bound methods taken once; a list comprehension that never ends would do as well."""


async def consume(jobs, handle):
    get = jobs.get
    pull = get().__await__
    while True:
        handle(await _Awaitable(pull))
        pull = get().__await__


class _Awaitable:
    def __init__(self, start):
        self.start = start

    def __await__(self):
        return (yield from self.start())
