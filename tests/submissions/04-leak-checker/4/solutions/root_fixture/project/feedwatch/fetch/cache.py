"""Pages that are kept for a while."""

import asyncio
import contextlib
import time


class Cache:
    """Keeps each page for `ttl` seconds. `start` begins to sweep out old ones; `close` ends that."""

    def __init__(self, ttl=60.0, clock=time.monotonic):
        self._ttl = ttl
        self._clock = clock
        self._pages = {}
        self._sweeper = None

    async def start(self):
        self._sweeper = asyncio.create_task(self._sweep())

    async def close(self):
        sweeper, self._sweeper = self._sweeper, None
        if sweeper:
            sweeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await sweeper
        self._pages.clear()

    def put(self, url, page):
        self._pages[url] = (self._clock() + self._ttl, page)

    def get(self, url):
        """The page of a URL, or None if there is none that is fresh."""
        until, page = self._pages.get(url, (0, None))
        return page if self._clock() < until else None

    def __len__(self):
        return len(self._pages)

    def forget_old(self):
        now = self._clock()
        for url in [url for url, (until, _) in self._pages.items() if until <= now]:
            del self._pages[url]

    async def _sweep(self):
        while True:
            await asyncio.sleep(self._ttl)
            self.forget_old()
