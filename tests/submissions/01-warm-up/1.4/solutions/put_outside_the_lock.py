"""The plainest one: noted under the lock, put without it, taken back on an error."""

import queue
import threading

lock = threading.Lock()
pending = []


def enqueue(job, dispatch: queue.Queue):
    with lock:
        pending.append(job)
    try:
        dispatch.put(job)
    except BaseException:
        with lock:
            pending.remove(job)
        raise


def complete(job):
    with lock:
        pending.remove(job)
