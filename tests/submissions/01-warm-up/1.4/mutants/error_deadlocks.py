# fails: 1.4b
"""Calls `complete` with the lock in hand."""

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
        with lock:
            complete(job)
        raise


def complete(job):
    with lock:
        pending.remove(job)
