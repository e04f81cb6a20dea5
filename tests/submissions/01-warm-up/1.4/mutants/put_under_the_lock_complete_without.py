# fails: 1.4a
"""Puts while it holds the lock; `complete` does without the lock."""

import queue
import threading

lock = threading.Lock()
pending = {}


def enqueue(job, dispatch: queue.Queue):
    with lock:
        pending[job] = True
        try:
            dispatch.put(job)
        except BaseException:
            del pending[job]
            raise


def complete(job):
    del pending[job]
