# fails: 1.4b
"""Tries again for ever, whatever the error is."""

import queue
import threading
import time

lock = threading.Lock()
pending = []


def enqueue(job, dispatch: queue.Queue):
    with lock:
        pending.append(job)
    while True:
        try:
            return dispatch.put(job)
        except Exception:
            time.sleep(0.01)
        except BaseException:
            complete(job)
            raise


def complete(job):
    with lock:
        pending.remove(job)
