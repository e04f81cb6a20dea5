"""Notes and sends in one step under the lock, without waiting there: while there is no room, nothing is noted."""

import queue
import threading
import time

lock = threading.Lock()
pending = set()


def enqueue(job, dispatch: queue.Queue):
    while True:
        with lock:
            pending.add(job)
            try:
                dispatch.put(job, block=False)
                return
            except queue.Full:
                pending.discard(job)
            except BaseException:
                pending.discard(job)
                raise
        time.sleep(0.002)


def complete(job):
    with lock:
        pending.discard(job)
