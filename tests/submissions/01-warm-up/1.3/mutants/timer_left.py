# fails: 1.3b
"""A threading.Timer that would report after a minute is left."""

import threading


async def consume(jobs, handle):
    while True:
        watchdog = threading.Timer(60, print, ["no job for a minute"])
        watchdog.start()
        job = await jobs.get()
        watchdog.cancel()
        handle(job)
