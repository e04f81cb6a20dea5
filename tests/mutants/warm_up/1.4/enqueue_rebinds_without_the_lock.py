# fails: 1.4c
"""enqueue rebinds a list without the lock; complete with it."""

import threading

lock = threading.Lock()
pending = []


def enqueue(job, dispatch):
    global pending
    pending = [*pending, job]
    try:
        dispatch.put(job)
    except BaseException:
        complete(job)
        raise


def complete(job):
    global pending
    with lock:
        pending = [other for other in pending if other != job]
