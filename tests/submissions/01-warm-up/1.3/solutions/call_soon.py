"""Hands each job to the loop instead of calling `handle` itself."""

import asyncio


async def consume(jobs, handle):
    loop = asyncio.get_running_loop()
    while True:
        loop.call_soon(handle, await jobs.get())
