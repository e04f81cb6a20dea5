# fails: 1.4b
"""Does not release the lock on the way out."""

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
        lock.acquire()
        pending.remove(job)
        raise


def complete(job):
    with lock:
        pending.remove(job)
