# fails: 1.3c
"""A helper thread waits for an event with a time limit of 0."""

import threading


async def consume(jobs, handle):
    stop = threading.Event()

    def watch():
        while not stop.wait(0):
            pass

    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    try:
        while True:
            handle(await jobs.get())
    finally:
        stop.set()
        watching.join()
