"""Handles the jobs in one thread of its own, which is told to end and joined."""

import queue
import threading


async def consume(jobs, handle):
    inbox = queue.SimpleQueue()
    end = object()

    def work():
        while (job := inbox.get()) is not end:
            handle(job)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        while True:
            inbox.put(await jobs.get())
    finally:
        inbox.put(end)
        thread.join()
