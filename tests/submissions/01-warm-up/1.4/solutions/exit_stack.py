from contextlib import ExitStack
from threading import Lock

lock = Lock()
pending = []


def enqueue(job, dispatch):
    with ExitStack() as undo:
        with lock:
            pending.insert(0, job)
        undo.callback(complete, job)
        dispatch.put(job)
        undo.pop_all()


def complete(job):
    with lock:
        del pending[pending.index(job)]
