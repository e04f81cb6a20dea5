"""A Counter, under a semaphore that is acquired and released by hand."""

import threading
from collections import Counter

lock = threading.Semaphore(1)
pending = Counter()


def enqueue(job, dispatch):
    lock.acquire()
    pending[job] += 1
    lock.release()
    try:
        dispatch.put(job)
    except BaseException:
        complete(job)
        raise


def complete(job):
    lock.acquire()
    try:
        pending[job] -= 1
        if not pending[job]:
            del pending[job]
    finally:
        lock.release()
