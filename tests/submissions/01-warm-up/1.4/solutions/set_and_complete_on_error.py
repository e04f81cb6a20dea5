"""A set, from which `complete` takes a job that could not be sent."""

import queue
import threading

lock = threading.Lock()
pending = set()


def enqueue(job, dispatch: queue.Queue):
    with lock:
        pending.add(job)
    try:
        dispatch.put(job)
    except BaseException:
        complete(job)
        raise


def complete(job):
    with lock:
        pending.remove(job)
