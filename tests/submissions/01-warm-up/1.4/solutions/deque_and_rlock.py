"""A deque under an RLock; a flag says in `finally` whether the job was sent."""

from collections import deque
from threading import RLock

lock = RLock()
pending = deque()


def enqueue(job, dispatch):
    sent = False
    with lock:
        pending.append(job)
    try:
        dispatch.put(job)
        sent = True
    finally:
        if not sent:
            with lock:
                pending.remove(job)


def complete(job):
    with lock:
        pending.remove(job)
