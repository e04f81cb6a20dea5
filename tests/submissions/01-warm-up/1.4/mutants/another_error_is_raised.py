# fails: 1.4b
"""Raises an error that does not say what went wrong."""

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
        raise ValueError("not sent") from None


def complete(job):
    with lock:
        pending.remove(job)
