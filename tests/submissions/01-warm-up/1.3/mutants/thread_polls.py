# fails: 1.3a
"""A thread looks every 5 ms and tells the loop."""

import asyncio
import threading


async def consume(jobs, handle):
    loop = asyncio.get_running_loop()
    there = asyncio.Event()
    stop = threading.Event()

    def look():
        while not stop.wait(0.005):
            if not jobs.empty():
                loop.call_soon_threadsafe(there.set)

    looking = threading.Thread(target=look)
    looking.start()
    try:
        while True:
            await there.wait()
            there.clear()
            while not jobs.empty():
                handle(jobs.get_nowait())
    finally:
        stop.set()
        looking.join()
