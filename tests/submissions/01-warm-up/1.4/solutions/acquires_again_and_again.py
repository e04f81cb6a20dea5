import queue
import threading

lock = threading.Lock()
pending = {}


def _locked(action):
    while not lock.acquire(timeout=0.1):
        pass
    try:
        return action()
    finally:
        lock.release()


def enqueue(job, dispatch: queue.Queue):
    _locked(lambda: pending.update({job: dispatch}))
    try:
        dispatch.put(job)
    except BaseException as error:
        _locked(lambda: pending.pop(job))
        raise RuntimeError("could not send") from error


def complete(job):
    _locked(lambda: pending.pop(job))
