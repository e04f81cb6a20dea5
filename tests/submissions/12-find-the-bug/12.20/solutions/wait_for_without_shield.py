"""`wait_for` round the work."""

import asyncio

happens = "c"
principle = "e"


class FrontDesk:
    def __init__(self, work, patience):
        self._work, self._patience = work, patience

    async def handle(self, request):
        try:
            answer = await asyncio.wait_for(self._work(request), self._patience)
        except TimeoutError:
            return 503, "busy, come back later"
        return 200, answer
