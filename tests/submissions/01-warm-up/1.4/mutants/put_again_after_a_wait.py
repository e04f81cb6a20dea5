# fails: 1.4b 1.4c
"""Puts once more when the queue was full before."""

import queue
import threading

lock = threading.Lock()
pending = []


def enqueue(job, dispatch: queue.Queue):
    was_full = dispatch.full()
    with lock:
        pending.append(job)
    try:
        dispatch.put(job)
        if was_full:
            dispatch.put(job)
    except BaseException:
        complete(job)
        raise


def complete(job):
    with lock:
        pending.remove(job)
