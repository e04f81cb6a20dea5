# fails: 1.4a 1.4b 1.4c
"""Puts and then notes, both under the lock."""

import queue
import threading

lock = threading.Lock()
pending = []


def enqueue(job, dispatch: queue.Queue):
    with lock:
        dispatch.put(job)
        pending.append(job)


def complete(job):
    with lock:
        pending.remove(job)
