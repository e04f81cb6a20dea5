# fails: 1.4b
"""Lets an `Exception` reach the caller, and nothing else."""

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
    except BaseException:
        complete(job)


def complete(job):
    with lock:
        pending.remove(job)
