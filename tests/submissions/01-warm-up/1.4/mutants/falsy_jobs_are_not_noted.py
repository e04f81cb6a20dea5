# fails: 1.4b
"""Takes a falsy job for none."""

import queue
import threading

lock = threading.Lock()
pending = []


def enqueue(job, dispatch: queue.Queue):
    with lock:
        if job:
            pending.append(job)
    try:
        dispatch.put(job)
    except BaseException:
        with lock:
            pending.remove(job)
        raise


def complete(job):
    with lock:
        if job in pending:
            pending.remove(job)
