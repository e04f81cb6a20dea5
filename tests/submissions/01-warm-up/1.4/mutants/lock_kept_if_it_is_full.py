# fails: 1.4a 1.4c
"""Gives the lock back before the put only if there is room."""

import contextlib
import queue
import threading

lock = threading.Lock()
pending = []


def enqueue(job, dispatch: queue.Queue):
    lock.acquire()
    pending.append(job)
    if not dispatch.full():
        lock.release()
    try:
        dispatch.put(job)
    except BaseException:
        complete(job)
        raise
    if lock.locked():
        with contextlib.suppress(RuntimeError):
            lock.release()


def complete(job):
    with lock:
        pending.remove(job)
