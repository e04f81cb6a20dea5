# fails: 1.4b
"""Catches `Exception`, which not all that is raised is."""

import queue
import threading

lock = threading.Lock()
pending = []


def enqueue(job, dispatch: queue.Queue):
    with lock:
        pending.append(job)
    try:
        dispatch.put(job)
    except Exception:
        complete(job)
        raise


def complete(job):
    with lock:
        pending.remove(job)
