"""Adding to a dict and removing from it are each one step in CPython: the lock is there for who wants to look."""

import threading

lock = threading.Lock()
pending = {}


def enqueue(job, dispatch):
    pending[job] = ...
    try:
        dispatch.put(job)
    except BaseException:
        pending.pop(job)
        raise


def complete(job):
    pending.pop(job)
