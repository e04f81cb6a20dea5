# fails: 1.4a 1.4b 1.4c
"""Notes and puts under the lock."""

import queue
import threading

lock = threading.Lock()
pending = []


def enqueue(job, dispatch: queue.Queue):
    with lock:
        pending.append(job)
        dispatch.put(job)


def complete(job):
    with lock:
        pending.remove(job)
