"""A lock for each name."""

import asyncio
from collections import defaultdict

happens = "a"
principle = "f"


class PriceList:
    """Prices by name. What has been fetched is kept."""

    def __init__(self, fetch):
        self._fetch = fetch
        self._locks = defaultdict(asyncio.Lock)
        self._known = {}

    async def price(self, name):
        # Looked up without a lock: between two `await`s nobody else runs.
        if name not in self._known:
            # One lock for each name: it is waited for by those only who want the same.
            async with self._locks[name]:
                if name not in self._known:
                    self._known[name] = await self._fetch(name)
        return self._known[name]
