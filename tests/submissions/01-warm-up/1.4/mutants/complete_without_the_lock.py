# fails: 1.4c
"""`complete` makes a new list without the lock: what is noted meanwhile is lost."""

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
    global pending
    before = tuple(pending)
    pending = [other for other in before if other != job]
    if len(pending) == len(before):
        raise KeyError(job)
