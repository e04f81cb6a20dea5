"""A subclass of the group that remembers its tasks and unwraps the first error."""

import asyncio


class Results(asyncio.TaskGroup):
    """Collects the results of its tasks, in the order of their creation."""

    def __init__(self):
        super().__init__()
        self._mine = []

    def add(self, coroutine):
        self._mine.append(self.create_task(coroutine))

    def __iter__(self):
        return (task.result() for task in self._mine)


async def fetch_all(urls, fetch):
    try:
        async with Results() as results:
            for url in urls:
                results.add(fetch(url))
    except ExceptionGroup as group:
        raise group.exceptions[0] from None
    return list(results)
