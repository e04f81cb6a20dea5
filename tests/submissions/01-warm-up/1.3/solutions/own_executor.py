"""An executor with one thread, shut down at the end."""

import asyncio
from concurrent.futures import ThreadPoolExecutor


async def consume(jobs, handle):
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(max_workers=1) as pool:
        while True:
            await loop.run_in_executor(pool, handle, await jobs.get())
