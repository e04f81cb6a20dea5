# fails: 1.4a 1.4c
"""Holds the lock while another thread puts."""

import queue
import threading
from concurrent.futures import ThreadPoolExecutor

lock = threading.Lock()
pending = []


def enqueue(job, dispatch: queue.Queue):
    with lock, ThreadPoolExecutor(1) as pool:
        pending.append(job)
        error = pool.submit(dispatch.put, job).exception()
        if error is not None:
            pending.remove(job)
            raise error


def complete(job):
    with lock:
        pending.remove(job)
