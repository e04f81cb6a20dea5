# fails: 12.14c
import asyncio

happens = "a"
principle = "f"


class PriceList:
    """Prices by name. What has been fetched is kept."""

    def __init__(self, fetch):
        self._fetch = fetch
        self._lock = asyncio.Lock()
        self._known = {}

    async def price(self, name):
        async with self._lock:
            if name not in self._known:
                self._known[name] = await self._fetch(name)
            return self._known[name]
