# fails: 1.4b
"""Catches `queue.Full` and nothing else."""

import queue
import threading

lock = threading.Lock()
pending = []


def enqueue(job, dispatch: queue.Queue):
    with lock:
        pending.append(job)
    try:
        dispatch.put(job)
    except queue.Full:
        complete(job)
        raise


def complete(job):
    with lock:
        pending.remove(job)
