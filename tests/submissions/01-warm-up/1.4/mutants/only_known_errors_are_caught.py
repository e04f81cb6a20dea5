# fails: 1.4b
"""Catches what its author has met so far."""

import queue
import threading

lock = threading.Lock()
pending = []


def enqueue(job, dispatch: queue.Queue):
    with lock:
        pending.append(job)
    try:
        dispatch.put(job)
    except (queue.Full, OSError, RuntimeError, KeyboardInterrupt, SystemExit):
        complete(job)
        raise


def complete(job):
    with lock:
        pending.remove(job)
