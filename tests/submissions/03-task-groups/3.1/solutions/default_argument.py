"""The loop variable is bound by a default argument of a function made in the loop."""

from asyncio import TaskGroup


async def fetch_all(urls, fetch):
    results = {}
    async with TaskGroup() as tg:
        for i, url in enumerate(urls):

            async def one(i=i, url=url):
                results[i] = await fetch(url)

            tg.create_task(one())
    return [results[i] for i in sorted(results)]
