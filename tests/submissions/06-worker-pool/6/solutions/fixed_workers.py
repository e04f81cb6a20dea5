"""Workers that take from a bounded queue; the submits that wait are known, and are told of the close."""

import asyncio


class PoolClosed(Exception):
    pass


class Pool:
    def __init__(self, size, handle):
        self._handle = handle
        self._jobs = asyncio.Queue(maxsize=size)
        self._waiting = set()
        self._closed = False
        self._error = None
        self._workers = [asyncio.create_task(self._work()) for _ in range(size)]

    async def submit(self, job):
        if self._closed:
            raise PoolClosed
        put = asyncio.ensure_future(self._jobs.put(job))
        self._waiting.add(put)
        try:
            await asyncio.wait({put})
        except asyncio.CancelledError:
            if not put.done():
                put.cancel()
            elif not put.cancelled():
                return  # accepted in the same turn
            raise
        finally:
            self._waiting.discard(put)
        if put.cancelled():
            raise PoolClosed

    async def _work(self):
        while True:
            job = await self._jobs.get()
            try:
                await self._handle(job)
            except Exception as error:
                self._error = self._error or error
            finally:
                self._jobs.task_done()

    async def close(self):
        self._closed = True
        for put in self._waiting:
            put.cancel()
        await self._jobs.join()
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
        if self._error is not None:
            raise self._error
