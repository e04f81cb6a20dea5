# fails: 1.4c
"""Both rebind a set without the lock: updates are lost; complete does not mind."""

import threading

lock = threading.Lock()
pending = frozenset()


def enqueue(job, dispatch):
    global pending
    pending = pending | {job}
    try:
        dispatch.put(job)
    except BaseException:
        pending = pending - {job}
        raise


def complete(job):
    global pending
    pending = pending - {job}
