# fails: 1.4b 1.4c
"""Counts a job down to 0, which leaves it in the counter."""

import queue
import threading
from collections import Counter

lock = threading.Lock()
pending = Counter()


def enqueue(job, dispatch: queue.Queue):
    with lock:
        pending[job] += 1
    try:
        dispatch.put(job)
    except BaseException:
        complete(job)
        raise


def complete(job):
    with lock:
        pending[job] -= 1
