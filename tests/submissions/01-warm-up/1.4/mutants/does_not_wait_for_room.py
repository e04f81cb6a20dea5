# fails: 1.4b 1.4c
"""Raises `queue.Full` at once."""

import queue
import threading

lock = threading.Lock()
pending = []


def enqueue(job, dispatch: queue.Queue):
    with lock:
        pending.append(job)
    try:
        dispatch.put_nowait(job)
    except BaseException:
        with lock:
            pending.remove(job)
        raise


def complete(job):
    with lock:
        pending.remove(job)
