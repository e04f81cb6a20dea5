"""`asyncio.wait` with a timeout, in a task group."""

import asyncio

happens = "c"
principle = "e"


class FrontDesk:
    def __init__(self, work, patience):
        self._work, self._patience = work, patience

    async def handle(self, request):
        job = asyncio.ensure_future(self._work(request))
        try:
            done, _ = await asyncio.wait({job}, timeout=self._patience)
        except asyncio.CancelledError:
            job.cancel()
            await asyncio.gather(job, return_exceptions=True)
            raise
        if not done:
            job.cancel()
            await asyncio.gather(job, return_exceptions=True)
            return 503, "too busy"
        return 200, job.result()
