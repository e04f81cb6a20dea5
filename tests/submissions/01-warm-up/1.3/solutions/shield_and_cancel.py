"""Shields the get, and ends it itself."""

import asyncio
from contextlib import suppress


async def next_job(jobs):
    getter = asyncio.ensure_future(jobs.get())
    try:
        return await asyncio.shield(getter)
    except asyncio.CancelledError:
        getter.cancel()
        with suppress(asyncio.CancelledError):
            await getter
        raise


async def consume(jobs, handle):
    while True:
        handle(await next_job(jobs))
