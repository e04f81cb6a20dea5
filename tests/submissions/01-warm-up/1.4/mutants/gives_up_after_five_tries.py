# fails: 1.4c
"""Tries five times, half a second each."""

import queue
import threading

lock = threading.Lock()
pending = []


def enqueue(job, dispatch: queue.Queue):
    with lock:
        pending.append(job)
    for _ in range(5):
        try:
            dispatch.put(job, timeout=0.5)
            return
        except queue.Full:
            continue
        except BaseException:
            complete(job)
            raise
    complete(job)
    raise queue.Full


def complete(job):
    with lock:
        pending.remove(job)
