# fails: 1.4b
"""Goes back to the state before, others' jobs included."""

import queue
import threading

lock = threading.Lock()
pending = []


def enqueue(job, dispatch: queue.Queue):
    global pending
    with lock:
        before = list(pending)
        pending.append(job)
    try:
        dispatch.put(job)
    except BaseException:
        with lock:
            pending = before
        raise


def complete(job):
    with lock:
        pending.remove(job)
