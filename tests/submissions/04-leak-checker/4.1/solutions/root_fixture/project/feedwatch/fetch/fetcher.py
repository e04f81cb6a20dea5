"""Downloads pages, politely."""

import asyncio

from pyrate_limiter import Duration, Limiter, Rate


class Fetcher:
    """Downloads with `download(url)`, at most `rate` pages a second; what is in the cache is not downloaded again."""

    def __init__(self, download, cache, rate=50):
        self._download = download
        self._cache = cache
        self._limiter = Limiter(Rate(rate, Duration.SECOND))
        self.downloads = 0

    async def page(self, url):
        page = self._cache.get(url)
        if page is None:
            while not self._limiter.try_acquire("download", blocking=False):
                await asyncio.sleep(0.01)
            page = await self._download(url)
            self.downloads += 1
            self._cache.put(url, page)
        return page

    async def pages(self, urls):
        """All pages, in order; an error in one cancels the others."""
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self.page(url)) for url in urls]
        return [task.result() for task in tasks]

    async def fastest(self, mirrors):
        """The page of the mirror that answers first."""
        tasks = [asyncio.create_task(self.page(url)) for url in mirrors]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            return done.pop().result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def close(self):
        """Lets go of what the fetcher holds; the cache belongs to whoever made it."""
        self._limiter.close()
