"""A tuple that is made anew with each change, under a semaphore."""

import queue
import threading

lock = threading.BoundedSemaphore(1)
pending = ()


def enqueue(job, dispatch: queue.Queue):
    global pending
    with lock:
        pending += (job,)
    try:
        dispatch.put(job)
    except BaseException:
        complete(job)
        raise


def complete(job):
    global pending
    with lock:
        pending = tuple(other for other in pending if other != job)
