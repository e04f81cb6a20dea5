# fails: 1.4c
"""Fifty enqueuers may send, and none gives its slot back."""

import queue
import threading

lock = threading.Lock()
slots = threading.Semaphore(50)
pending = []


def enqueue(job, dispatch: queue.Queue):
    slots.acquire()
    with lock:
        pending.append(job)
    try:
        dispatch.put(job)
    except BaseException:
        complete(job)
        raise


def complete(job):
    with lock:
        pending.remove(job)
