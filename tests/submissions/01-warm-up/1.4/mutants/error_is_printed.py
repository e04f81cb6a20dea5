# fails: 1.4b
"""Prints the error, and returns False."""

import queue
import threading

lock = threading.Lock()
pending = []


def enqueue(job, dispatch: queue.Queue):
    with lock:
        pending.append(job)
    try:
        dispatch.put(job)
    except BaseException as error:
        complete(job)
        print(error)
        return False


def complete(job):
    with lock:
        pending.remove(job)
