# fails: 1.4b
"""Takes the job back, and does not tell the caller."""

import queue
import threading

lock = threading.Lock()
pending = []


def enqueue(job, dispatch: queue.Queue):
    with lock:
        pending.append(job)
    try:
        dispatch.put(job)
    except BaseException:
        complete(job)


def complete(job):
    with lock:
        pending.remove(job)
