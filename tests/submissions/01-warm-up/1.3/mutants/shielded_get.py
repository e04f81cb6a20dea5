# fails: 1.3b
"""Shields the get, which then takes the next job for nobody."""

import asyncio


async def consume(jobs, handle):
    while True:
        handle(await asyncio.shield(jobs.get()))
