# fails: 1.3a
"""Waits on a condition, for 20 ms at a time, that nobody notifies."""

import asyncio


async def consume(jobs, handle):
    changed = asyncio.Condition()
    while True:
        async with changed:
            try:
                await asyncio.wait_for(changed.wait_for(lambda: not jobs.empty()), timeout=0.02)
            except TimeoutError:
                continue
        handle(jobs.get_nowait())
