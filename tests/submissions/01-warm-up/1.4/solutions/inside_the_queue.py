"""Notes and sends in one step, under the queue's own mutex; waits for room on the queue's condition."""

import queue
import threading

lock = threading.Lock()
pending = {}


def enqueue(job, dispatch: queue.Queue):
    with dispatch.not_full:
        while 0 < dispatch.maxsize <= dispatch._qsize():
            dispatch.not_full.wait()
        dispatch._put(job)
        with lock:
            pending[job] = dispatch
        dispatch.unfinished_tasks += 1
        dispatch.not_empty.notify()


def complete(job):
    with lock:
        del pending[job]
