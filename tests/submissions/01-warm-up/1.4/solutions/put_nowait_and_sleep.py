"""`put_nowait` again and again, with pauses that grow to 20 ms."""

import queue
import threading
from time import sleep

lock = threading.Lock()
pending = []


def _send(job, dispatch):
    pause = 0.0005
    while True:
        try:
            return dispatch.put_nowait(job)
        except queue.Full:
            sleep(pause)
            pause = min(pause * 2, 0.02)


def enqueue(job, dispatch):
    with lock:
        pending.append(job)
    try:
        _send(job, dispatch)
    except:
        with lock:
            pending.remove(job)
        raise


def complete(job):
    with lock:
        pending.remove(job)
