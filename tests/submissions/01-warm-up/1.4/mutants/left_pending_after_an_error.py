# fails: 1.4b
"""Leaves the job pending when the put raises."""

import queue
import threading

lock = threading.Lock()
pending = []


def enqueue(job, dispatch: queue.Queue):
    with lock:
        pending.append(job)
    dispatch.put(job)


def complete(job):
    with lock:
        pending.remove(job)
