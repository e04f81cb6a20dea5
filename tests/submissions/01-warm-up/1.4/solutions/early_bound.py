"""A set whose methods, and the lock's, are bound when the module is imported."""

import threading
from queue import Queue

_mutex = lock = threading.Lock()
pending: set = set()
_acquire, _release = lock.acquire, lock.release
_note, _strike = pending.add, pending.discard


def _locked(change, job):
    _acquire()
    try:
        change(job)
    finally:
        _release()


def enqueue(job, dispatch: Queue):
    put = dispatch.put
    _locked(_note, job)
    try:
        put(item=job)
    except BaseException:
        _locked(_strike, job)
        raise


def complete(job):
    _locked(_strike, job)
