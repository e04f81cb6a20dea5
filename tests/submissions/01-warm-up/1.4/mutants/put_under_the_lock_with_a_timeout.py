# fails: 1.4a
"""Gives the lock away for a moment ten times a second; `complete` needs no lock."""

import queue
import threading
import time

lock = threading.Lock()
pending = {}


def enqueue(job, dispatch: queue.Queue):
    with lock:
        pending[job] = True
    while True:
        try:
            with lock:
                return dispatch.put(job, timeout=0.1)
        except queue.Full:
            time.sleep(0.001)
        except BaseException:
            complete(job)
            raise


def complete(job):
    pending.pop(job, None)
