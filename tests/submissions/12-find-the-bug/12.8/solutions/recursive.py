"""Calls itself after the pause."""

import asyncio

happens = "c"
principle = "e"


async def fetch_with_retries(fetch, url, pause=1.0):
    task = asyncio.current_task()
    try:
        return await fetch(url)
    except:
        if task.cancelling():
            raise
    await asyncio.sleep(pause)
    return await fetch_with_retries(fetch, url, pause)
