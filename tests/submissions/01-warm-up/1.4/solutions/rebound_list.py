"""A list that is made anew with each change."""

import queue
import threading

lock = threading.BoundedSemaphore()
pending = []


def enqueue(job, dispatch: queue.Queue):
    global pending
    with lock:
        pending = [*pending, job]
    try:
        dispatch.put(job)
    except BaseException as error:
        complete(job)
        raise error


def complete(job):
    global pending
    with lock:
        pending = [other for other in pending if other != job]
