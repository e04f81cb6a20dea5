# fails: 1.4a 1.4c
"""Puts without the lock first, and if the queue is full with it."""

import queue
import threading

lock = threading.Lock()
pending = []


def enqueue(job, dispatch: queue.Queue):
    with lock:
        pending.append(job)
    try:
        dispatch.put_nowait(job)
    except queue.Full:
        with lock:
            dispatch.put(job)
    except BaseException:
        complete(job)
        raise


def complete(job):
    with lock:
        pending.remove(job)
