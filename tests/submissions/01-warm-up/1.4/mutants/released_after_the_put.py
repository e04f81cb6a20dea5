# fails: 1.4a 1.4c
"""Releases the lock by hand, one line too late."""

import queue
import threading

lock = threading.Lock()
pending = []


def enqueue(job, dispatch: queue.Queue):
    lock.acquire()
    pending.append(job)
    try:
        dispatch.put(job)
    except BaseException:
        pending.remove(job)
        raise
    finally:
        lock.release()


def complete(job):
    with lock:
        pending.remove(job)
