"""A dict of times under a condition, and a bare `except` that raises again."""

import queue
import threading
import time

lock = threading.Condition()
pending: dict = {}


def enqueue(job, dispatch: queue.Queue) -> None:
    with lock:
        pending[job] = time.monotonic()
    try:
        dispatch.put(job)
    except:
        with lock:
            del pending[job]
            lock.notify_all()
        raise


def complete(job) -> None:
    with lock:
        pending.pop(job)
        lock.notify_all()
