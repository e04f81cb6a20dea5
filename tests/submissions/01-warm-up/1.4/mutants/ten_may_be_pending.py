# fails: 1.4c
"""Waits, with the lock, until fewer than ten jobs are pending."""

import queue
import threading
import time

lock = threading.Lock()
pending = []


def enqueue(job, dispatch: queue.Queue):
    with lock:
        while len(pending) >= 10:
            time.sleep(0.001)
        pending.append(job)
    try:
        dispatch.put(job)
    except BaseException:
        complete(job)
        raise


def complete(job):
    with lock:
        pending.remove(job)
