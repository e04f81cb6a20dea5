"""The shield stays; `handle` ends the task itself, and waits for it."""

import asyncio

happens = "c"
principle = "e"


class FrontDesk:
    def __init__(self, work, patience):
        self._work, self._patience = work, patience

    async def handle(self, request):
        job = asyncio.create_task(self._work(request))
        try:
            answer = await asyncio.wait_for(asyncio.shield(job), self._patience)
        except TimeoutError:
            return 503, "busy, come back later"
        finally:
            job.cancel()
            await asyncio.wait([job])
        return 200, answer
