# fails: 1.4b 1.4c
"""Sends the job as a string."""

import queue
import threading

lock = threading.Lock()
pending = []


def enqueue(job, dispatch: queue.Queue):
    with lock:
        pending.append(job)
    try:
        dispatch.put(str(job))
    except BaseException:
        with lock:
            pending.remove(job)
        raise


def complete(job):
    with lock:
        pending.remove(job)
