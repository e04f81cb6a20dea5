"""The plainest one."""

import asyncio


async def consume(jobs: asyncio.Queue, handle) -> None:
    while True:
        handle(await jobs.get())
