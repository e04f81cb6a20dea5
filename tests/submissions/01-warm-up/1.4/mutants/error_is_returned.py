# fails: 1.4b
"""Returns the error, where nobody looks."""

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
        with lock:
            pending.remove(job)
        return error


def complete(job):
    with lock:
        pending.remove(job)
