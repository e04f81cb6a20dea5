# fails: 1.3c
"""Waits properly, beside a thread that spins until it ends."""

import threading


async def consume(jobs, handle):
    stopped = False

    def look():
        while not stopped:
            jobs.qsize()

    looking = threading.Thread(target=look)
    looking.start()
    try:
        while True:
            handle(await jobs.get())
    finally:
        stopped = True
        looking.join()
