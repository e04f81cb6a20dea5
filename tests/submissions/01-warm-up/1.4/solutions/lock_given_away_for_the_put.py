"""Gives the lock away for as long as it puts."""

import queue
import threading

lock = threading.Lock()
pending = []


def enqueue(job, dispatch: queue.Queue):
    with lock:
        pending.append(job)
        lock.release()
        try:
            dispatch.put(job)
        except BaseException:
            lock.acquire()
            pending.remove(job)
            raise
        else:
            lock.acquire()


def complete(job):
    with lock:
        pending.remove(job)
