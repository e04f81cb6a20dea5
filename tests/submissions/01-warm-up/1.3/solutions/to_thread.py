"""Handles the jobs in threads, so that a slow `handle` does not hold up the loop."""

import asyncio


async def consume(jobs, handle):
    while True:
        await asyncio.to_thread(handle, await jobs.get())
