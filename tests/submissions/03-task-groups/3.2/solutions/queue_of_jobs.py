"""`limit` workers take URLs from a queue until it is empty."""

import asyncio


async def fetch_all(urls, fetch, limit=8):
    jobs = asyncio.Queue()
    for job in enumerate(urls):
        jobs.put_nowait(job)
    results = {}

    async def worker():
        while not jobs.empty():
            place, url = jobs.get_nowait()
            results[place] = await fetch(url)
            jobs.task_done()

    async with asyncio.TaskGroup() as group:
        for _ in range(limit):
            group.create_task(worker())
    return [results[place] for place in range(len(urls))]
