"""Enqueuers wait for their turn to send, which is another lock; `complete` does not need that one."""

import queue
import threading

lock = threading.Lock()
pending = set()
_turn = threading.Lock()


def enqueue(job, dispatch: queue.Queue):
    with lock:
        pending.add(job)
    try:
        with _turn:
            dispatch.put(job)
    except BaseException:
        complete(job)
        raise


def complete(job):
    with lock:
        pending.discard(job)
