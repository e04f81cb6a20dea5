# fails: 1.4a 1.4c
"""Has a second name for the lock, and puts while it holds that."""

import queue
import threading

lock = threading.Lock()
sending = lock
pending = []


def enqueue(job, dispatch: queue.Queue):
    with lock:
        pending.append(job)
    try:
        with sending:
            dispatch.put(job)
    except BaseException:
        complete(job)
        raise


def complete(job):
    with lock:
        pending.remove(job)
