# fails: 1.4b
"""Takes back all jobs when a put raises."""

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
            pending.clear()
        raise


def complete(job):
    with lock:
        pending.remove(job)
