"""A context manager that notes a job and takes it back on an error; an OrderedDict."""

import contextlib
import queue
import threading
import time
from collections import OrderedDict

lock = threading.Lock()
pending = OrderedDict()


@contextlib.contextmanager
def noted(job):
    with lock:
        pending[job] = time.monotonic()
    try:
        yield
    except BaseException:
        complete(job)
        raise


def enqueue(job, dispatch: queue.Queue):
    with noted(job):
        dispatch.put(job)


def complete(job):
    with lock:
        pending.pop(job, None)
