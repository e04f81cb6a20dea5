# fails: 1.4b
"""`complete` takes the job that has waited longest."""

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
        with lock:
            pending.remove(job)
        raise


def complete(job):
    with lock:
        pending.pop(0)
