"""`gather` over tasks that share a semaphore; the first error cancels the rest and waits for them."""

import asyncio


async def fetch_all(urls, fetch, limit=8):
    semaphore = asyncio.Semaphore(limit)

    async def bounded(url):
        await semaphore.acquire()
        try:
            return await fetch(url)
        finally:
            semaphore.release()

    tasks = [asyncio.ensure_future(bounded(url)) for url in urls]
    try:
        return await asyncio.gather(*tasks)
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise
