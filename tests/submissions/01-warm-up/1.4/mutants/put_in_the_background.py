# fails: 1.4b
"""Another thread puts, and nobody hears of its error."""

import queue
import threading

lock = threading.Lock()
pending = []


def enqueue(job, dispatch: queue.Queue):
    with lock:
        pending.append(job)
    threading.Thread(target=_send, args=(job, dispatch)).start()


def _send(job, dispatch):
    try:
        dispatch.put(job)
    except BaseException:
        complete(job)


def complete(job):
    with lock:
        pending.remove(job)
