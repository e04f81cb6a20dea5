# fails: 1.4b
"""Notes after the put; `complete` waits until that has happened."""

import queue
import threading
import time

lock = threading.Lock()
pending = []


def enqueue(job, dispatch: queue.Queue):
    dispatch.put(job)
    with lock:
        pending.append(job)


def complete(job):
    while True:
        with lock:
            if job in pending:
                pending.remove(job)
                return
        time.sleep(0.001)
