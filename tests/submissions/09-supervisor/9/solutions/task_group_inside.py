"""A TaskGroup that a task of the supervisor's own holds open, and tasks that look whether they are being cancelled."""

import asyncio
import logging


class Supervisor:
    def __init__(self, backoff: float = 1.0):
        self._backoff = backoff
        self._waiting = []
        self._group = None
        self._host = None

    def spawn(self, name, fn):
        if self._host is None:
            self._host = asyncio.create_task(self._hold())
        if self._group is None:
            self._waiting.append((name, fn))
        else:
            self._group.create_task(self._child(name, fn))

    async def _hold(self):
        async with asyncio.TaskGroup() as self._group:
            for name, fn in self._waiting:
                self._group.create_task(self._child(name, fn))
            await asyncio.Event().wait()

    async def _child(self, name, fn):
        while not asyncio.current_task().cancelling():
            try:
                return await fn()
            except Exception:
                logging.getLogger("supervisor").error("%s crashed", name, exc_info=True)
            if not asyncio.current_task().cancelling():
                await asyncio.sleep(self._backoff)

    async def close(self):
        if self._host is not None:
            self._host.cancel()
            await asyncio.wait([self._host])
