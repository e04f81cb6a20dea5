# fails: 1.3b
"""Sleeps for 200 ms with time.sleep before it ends."""

import time


async def consume(jobs, handle):
    try:
        while True:
            handle(await jobs.get())
    finally:
        time.sleep(0.2)
