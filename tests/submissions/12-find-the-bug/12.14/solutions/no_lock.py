"""No lock: two who ask at once for the same name fetch it twice."""

happens = "a"
principle = "f"


class PriceList:
    def __init__(self, fetch):
        self._fetch = fetch
        self._known = {}

    async def price(self, name):
        if name not in self._known:
            self._known[name] = await self._fetch(name)
        return self._known[name]
