# fails: 1.3a
"""Keeps its getter, but looks at it every 100 ms."""

import asyncio


async def consume(jobs, handle):
    getter = asyncio.create_task(jobs.get())
    try:
        while True:
            done, _ = await asyncio.wait({getter}, timeout=0.1)
            if done:
                handle(getter.result())
                getter = asyncio.create_task(jobs.get())
    finally:
        getter.cancel()
