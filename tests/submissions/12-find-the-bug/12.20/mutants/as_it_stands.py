# fails: 12.20c
import asyncio

happens = "c"
principle = "e"


class FrontDesk:
    """Answers a request with what `work` has for it, or with 503 where that takes too long."""

    def __init__(self, work, patience):
        self._work, self._patience = work, patience

    async def handle(self, request):
        try:
            job = asyncio.shield(self._work(request))
            answer = await asyncio.wait_for(job, self._patience)
        except TimeoutError:
            return 503, "busy, come back later"
        return 200, answer
