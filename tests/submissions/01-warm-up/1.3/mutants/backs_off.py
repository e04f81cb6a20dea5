# fails: 1.3a
"""Polls ever more seldom: hardly ever awake, but jobs are late."""

import asyncio


async def consume(jobs, handle):
    pause = 0.001
    while True:
        try:
            handle(jobs.get_nowait())
            pause = 0.001
        except asyncio.QueueEmpty:
            await asyncio.sleep(pause)
            pause = min(2 * pause, 1.0)
