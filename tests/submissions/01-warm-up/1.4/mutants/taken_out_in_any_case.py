# fails: 1.4b
"""A `finally` takes every job out, not only one that was not sent."""

import queue
import threading

lock = threading.Lock()
pending = []


def enqueue(job, dispatch: queue.Queue):
    with lock:
        pending.append(job)
    try:
        dispatch.put(job)
    finally:
        with lock:
            if job in pending:
                pending.remove(job)


def complete(job):
    with lock:
        if job in pending:
            pending.remove(job)
