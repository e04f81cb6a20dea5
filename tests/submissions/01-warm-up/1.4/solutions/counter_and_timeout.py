import queue
import threading
from collections import Counter

lock = threading.RLock()
pending = Counter()


def enqueue(job, dispatch: queue.Queue):
    with lock:
        pending[job] += 1
    try:
        while True:
            try:
                dispatch.put(job, timeout=1)
                break
            except queue.Full:
                continue
    except BaseException:
        with lock:
            del pending[job]
        raise


def complete(job):
    with lock:
        del pending[job]
