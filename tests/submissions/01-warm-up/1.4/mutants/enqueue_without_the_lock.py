# fails: 1.4c
"""`enqueue` makes a new list without the lock: what others change meanwhile is lost."""

import queue
import threading

lock = threading.Lock()
pending = []


def enqueue(job, dispatch: queue.Queue):
    global pending
    pending = sorted({*pending, job}, key=_by_name)
    try:
        dispatch.put(job)
    except BaseException:
        complete(job)
        raise


def _by_name(job):
    return str(job)


def complete(job):
    with lock:
        pending.remove(job)
