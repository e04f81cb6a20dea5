"""The lock guards the table, and is left before the fetch."""

import asyncio

happens = "a"
principle = "f"


class PriceList:
    def __init__(self, fetch):
        self._fetch = fetch
        self._lock = asyncio.Lock()
        self._known = {}

    async def price(self, name):
        async with self._lock:
            if name in self._known:
                return self._known[name]
        price = await self._fetch(name)
        async with self._lock:
            return self._known.setdefault(name, price)
