"""Another thread puts; this one waits for it."""

import queue
import threading
from concurrent.futures import ThreadPoolExecutor

lock = threading.Lock()
pending = frozenset()


def enqueue(job, dispatch: queue.Queue):
    global pending
    with lock:
        pending |= {job}
    with ThreadPoolExecutor(max_workers=1) as pool:
        error = pool.submit(dispatch.put, job).exception()
    if error is not None:
        complete(job)
        raise error


def complete(job):
    global pending
    with lock:
        pending -= {job}
