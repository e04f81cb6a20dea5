"""A task a job, and a semaphore: a place is taken before the task starts and given back by it."""

import asyncio


class PoolClosed(Exception):
    pass


class Pool:
    def __init__(self, size, handle):
        self._handle = handle
        self._places = asyncio.Semaphore(size)
        self._running = set()
        self._closed = asyncio.Event()
        self._errors = []

    async def submit(self, job):
        if self._closed.is_set():
            raise PoolClosed
        if not self._places.locked():
            await self._places.acquire()
        else:
            await self._wait_for_a_place()
        task = asyncio.create_task(self._run(job))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _wait_for_a_place(self):
        place = asyncio.create_task(self._places.acquire())
        closed = asyncio.create_task(self._closed.wait())
        try:
            await asyncio.wait({place, closed}, return_when=asyncio.FIRST_COMPLETED)
            if self._closed.is_set():
                raise PoolClosed
        except BaseException:
            if place.done() and not place.cancelled():
                self._places.release()
            place.cancel()
            raise
        finally:
            closed.cancel()

    async def _run(self, job):
        try:
            await self._handle(job)
        except Exception as error:
            self._errors.append(error)
        finally:
            self._places.release()

    async def close(self):
        self._closed.set()
        while self._running:
            await asyncio.wait(self._running)
        if self._errors:
            raise self._errors[0]
