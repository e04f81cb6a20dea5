"""A flag that says it is closing, and a logger a child."""

import asyncio
import logging


class Supervisor:
    def __init__(self, backoff: float = 1.0):
        self.backoff = backoff
        self.tasks = {}
        self.closing = False

    def spawn(self, name, fn):
        self.tasks[name] = asyncio.get_running_loop().create_task(self.run_child(name, fn))

    async def run_child(self, name, fn):
        logger = logging.getLogger(f"supervisor.{name}")
        while not self.closing:
            try:
                await fn()
            except Exception as error:
                logger.warning("failed", exc_info=error)
                if not self.closing:
                    await asyncio.sleep(self.backoff)
            else:
                break

    async def close(self):
        self.closing = True
        for task in self.tasks.values():
            task.cancel()
        if self.tasks:
            await asyncio.wait(self.tasks.values())
