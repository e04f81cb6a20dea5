"""A set of tasks, each a loop round its child."""

import asyncio
import logging

log = logging.getLogger(__name__)


class Supervisor:
    def __init__(self, backoff: float = 1.0):
        self._backoff = backoff
        self._children = set()
        self._closing = False

    def spawn(self, name, fn):
        child = asyncio.create_task(self._keep(name, fn), name=name)
        self._children.add(child)
        child.add_done_callback(self._children.discard)

    async def _keep(self, name, fn):
        while True:
            try:
                await fn()
                return
            except Exception:
                log.exception("child %s failed", name)
            if self._closing:
                return
            await asyncio.sleep(self._backoff)

    async def close(self):
        self._closing = True
        children = list(self._children)
        for child in children:
            child.cancel()
        await asyncio.gather(*children, return_exceptions=True)
