# fails: 1.3a
"""A worker thread that looks ten times a second whether it shall end."""

import queue
import threading


async def consume(jobs, handle):
    inbox = queue.Queue()
    stop = threading.Event()

    def work():
        while not stop.is_set():
            try:
                job = inbox.get(timeout=0.1)
            except queue.Empty:
                continue
            handle(job)

    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    try:
        while True:
            inbox.put(await jobs.get())
    finally:
        stop.set()
        worker.join()
