"""A job that cannot be sent for a while is not pending for that while: it is noted anew for each try."""

import queue
import threading

lock = threading.Lock()
pending = []


def enqueue(job, dispatch):
    while True:
        with lock:
            pending.append(job)
        try:
            return dispatch.put(job, timeout=0.05)
        except queue.Full:
            complete(job)
        except BaseException:
            complete(job)
            raise


def complete(job):
    with lock:
        pending.remove(job)
