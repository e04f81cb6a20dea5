import queue
import threading


class NotSent(RuntimeError):
    pass


lock = threading.Condition(threading.Lock())
pending = []


def enqueue(job, dispatch: queue.Queue):
    with lock:
        pending.append(job)
    try:
        dispatch.put(job)
    except BaseException as error:
        complete(job)
        raise NotSent(f"job {job!r} has not been sent") from error


def complete(job):
    with lock:
        pending.remove(job)
