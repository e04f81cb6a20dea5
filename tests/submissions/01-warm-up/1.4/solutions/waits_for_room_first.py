"""Waits for room without the lock, and puts under it only what need not wait."""

import queue
import threading

lock = threading.RLock()
pending = {}


def enqueue(job, dispatch: queue.Queue):
    while True:
        with dispatch.not_full:
            dispatch.not_full.wait_for(lambda: not dispatch.maxsize or dispatch._qsize() < dispatch.maxsize, 0.05)
        with lock:
            if dispatch.full():
                continue
            pending[job] = len(pending)
            try:
                dispatch.put(job, False)
            except queue.Full:
                del pending[job]
                continue
            except BaseException:
                del pending[job]
                raise
            return


def complete(job):
    with lock:
        del pending[job]
