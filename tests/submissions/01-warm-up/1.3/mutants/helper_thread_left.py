# fails: 1.3b
"""A daemon thread is left behind."""

import threading


async def consume(jobs, handle):
    threading.Thread(target=threading.Event().wait, name="consumer-log", daemon=True).start()
    while True:
        handle(await jobs.get())
