"""The three packages, put together."""

import asyncio
import threading

from feedwatch.fetch import Cache, Fetcher
from feedwatch.fetch.parse import new_entries
from feedwatch.metrics import Counters, Reporter
from feedwatch.schedule import Bus, Scheduler


class Watch:
    """Looks at feeds every so often, and publishes each new entry once."""

    def __init__(self, download, feeds, sink, every=300.0):
        self.bus = Bus()
        self._feeds = feeds
        self._known = set()
        self._counters = Counters()
        self._reporter = Reporter(self._counters, sink)
        self._cache = Cache(ttl=every / 2)
        self._fetcher = Fetcher(download, self._cache)
        self._scheduler = Scheduler(tick=min(every, 5.0))
        self._every = every
        self._look_again = threading.Event()

    async def start(self):
        await self._cache.start()
        self._reporter.start()
        self._scheduler.every(self._every, "look", self._look_again.set)
        self._scheduler.start()

    async def look(self):
        """Looks at all feeds once, and returns how many entries were new."""
        found = 0
        for page in await self._fetcher.pages(self._feeds):
            for entry in new_entries(page, self._known):
                self._known.add(entry.link)
                self.bus.publish(entry)
                found += 1
        self._counters.add("looks")
        self._counters.add("entries", found)
        return found

    async def run(self, looks):
        """Looks so many times, whenever it is time to."""
        for _ in range(looks):
            while not self._look_again.is_set():
                await asyncio.sleep(0.05)
            self._look_again.clear()
            await self.look()

    async def close(self):
        self._scheduler.close()
        await self._fetcher.close()
        await self._cache.close()
        self.bus.close()
        self._reporter.close()
