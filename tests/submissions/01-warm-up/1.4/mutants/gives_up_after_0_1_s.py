# fails: 1.4c
"""Waits 0.1 s for room, and no longer."""

import queue
import threading

lock = threading.Lock()
pending = []


def enqueue(job, dispatch: queue.Queue):
    with lock:
        pending.append(job)
    try:
        dispatch.put(job, timeout=0.1)
    except BaseException:
        with lock:
            pending.remove(job)
        raise


def complete(job):
    with lock:
        pending.remove(job)
