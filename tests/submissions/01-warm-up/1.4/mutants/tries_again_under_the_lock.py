# fails: 1.4a 1.4c
"""Tries every 20 ms, and keeps the lock meanwhile."""

import queue
import threading

lock = threading.Lock()
pending = []


def enqueue(job, dispatch: queue.Queue):
    with lock:
        pending.append(job)
        while True:
            try:
                dispatch.put(job, timeout=0.02)
                return
            except queue.Full:
                continue
            except BaseException:
                pending.remove(job)
                raise


def complete(job):
    with lock:
        pending.remove(job)
