# fails: 1.4a
"""Waits for room with the lock in hand, and gives it away only between two looks."""

import queue
import threading
import time

lock = threading.Lock()
pending = {}


def enqueue(job, dispatch: queue.Queue):
    sent = False
    while not sent:
        with lock:
            pending[job] = True
            try:
                dispatch.put_nowait(job)
                sent = True
            except queue.Full:
                time.sleep(0.03)
            except BaseException:
                del pending[job]
                raise


def complete(job):
    del pending[job]
