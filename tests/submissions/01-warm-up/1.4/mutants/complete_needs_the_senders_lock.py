# fails: 1.4c
"""Puts under a second lock, which `complete` needs as well."""

import queue
import threading

lock = threading.Lock()
sending = threading.Lock()
pending = []


def enqueue(job, dispatch: queue.Queue):
    with lock:
        pending.append(job)
    try:
        with sending:
            dispatch.put(job)
    except BaseException:
        with lock:
            pending.remove(job)
        raise


def complete(job):
    with sending, lock:
        pending.remove(job)
