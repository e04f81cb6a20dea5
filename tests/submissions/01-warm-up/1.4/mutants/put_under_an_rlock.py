# fails: 1.4a 1.4c
"""Takes a lock that its own thread may take again for one that all may take."""

import queue
import threading

lock = threading.RLock()
pending = []


def enqueue(job, dispatch: queue.Queue):
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
