import queue
import threading
from collections import OrderedDict

lock = threading.Lock()
pending = OrderedDict()


def enqueue(job, dispatch: queue.Queue):
    """Gives up its wait ten times a second, to be able to log it, and goes on."""
    with lock:
        pending[job] = None
    try:
        while True:
            try:
                dispatch.put(job, timeout=0.1)
                return
            except queue.Full:
                continue
    except BaseException:
        with lock:
            pending.pop(job, None)
        raise


def complete(job):
    with lock:
        pending.pop(job, None)
