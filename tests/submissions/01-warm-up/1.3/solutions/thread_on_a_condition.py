"""A daemon thread waits on a condition and sends each job back to the loop; told to end and joined."""

import asyncio
import contextlib
import threading


async def consume(jobs, handle):
    loop = asyncio.get_running_loop()
    have, stop, box = threading.Condition(), False, []

    def run():
        while True:
            with have:
                have.wait_for(lambda: box or stop)
                if not box:
                    return
                job = box.pop(0)
            loop.call_soon_threadsafe(handle, job)

    thread = threading.Thread(target=run, name="handler", daemon=True)
    thread.start()
    with contextlib.ExitStack() as stack:
        stack.callback(thread.join)
        try:
            while True:
                job = await jobs.get()
                with have:
                    box.append(job)
                    have.notify()
        finally:
            with have:
                stop = True
                have.notify()
