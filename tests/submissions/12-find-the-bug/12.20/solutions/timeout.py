"""`asyncio.timeout` round the work itself."""

import asyncio

happens = "c"
principle = "e"


class FrontDesk:
    """Answers a request with what `work` has for it, or with 503 where that takes too long."""

    def __init__(self, work, patience):
        self._work, self._patience = work, patience

    async def handle(self, request):
        try:
            # What is cancelled when the time is up is `work` itself, and no shield before it.
            async with asyncio.timeout(self._patience):
                answer = await self._work(request)
        except TimeoutError:
            return 503, "busy, come back later"
        return 200, answer
