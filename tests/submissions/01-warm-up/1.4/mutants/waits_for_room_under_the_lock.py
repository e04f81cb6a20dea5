# fails: 1.4a 1.4c
"""Waits, with the lock, until the queue has room."""

import queue
import threading
import time

lock = threading.Lock()
pending = []


def enqueue(job, dispatch: queue.Queue):
    with lock:
        while dispatch.full():
            time.sleep(0.005)
        pending.append(job)
        try:
            dispatch.put(job)
        except BaseException:
            pending.remove(job)
            raise


def complete(job):
    with lock:
        pending.remove(job)
