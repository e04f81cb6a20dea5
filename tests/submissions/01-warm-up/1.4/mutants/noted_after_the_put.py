# fails: 1.4b
"""Notes the job when it has been put; `complete` waits until it is noted."""

import queue
import threading

lock = threading.Condition()
pending = []


def enqueue(job, dispatch: queue.Queue):
    dispatch.put(job)
    with lock:
        pending.append(job)
        lock.notify_all()


def complete(job):
    with lock:
        lock.wait_for(lambda: job in pending)
        pending.remove(job)
