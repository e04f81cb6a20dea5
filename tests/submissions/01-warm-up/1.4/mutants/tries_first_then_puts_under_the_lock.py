# fails: 1.4a 1.4c
"""Waits 10 ms for room without the lock, and then with it."""

import queue
import threading

lock = threading.Lock()
pending = []


def enqueue(job, dispatch: queue.Queue):
    with lock:
        pending.append(job)
    try:
        try:
            dispatch.put(job, timeout=0.01)
        except queue.Full:
            with lock:
                dispatch.put(job)
    except BaseException:
        complete(job)
        raise


def complete(job):
    with lock:
        pending.remove(job)
