# fails: 1.4c
"""Drops jobs when more than fifty are pending."""

import queue
import threading

lock = threading.Lock()
pending = []


def enqueue(job, dispatch: queue.Queue):
    with lock:
        if len(pending) > 50:
            return
        pending.append(job)
    try:
        dispatch.put(job)
    except BaseException:
        complete(job)
        raise


def complete(job):
    with lock:
        pending.remove(job)
