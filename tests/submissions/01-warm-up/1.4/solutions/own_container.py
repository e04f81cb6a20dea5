"""A ledger with a lock of its own beside the module's."""

import contextlib
import queue
import threading


class Pending:
    def __init__(self):
        self._guard = threading.Lock()
        self._jobs = {}

    def __contains__(self, job):
        with self._guard:
            return job in self._jobs

    def __len__(self):
        return len(self._jobs)

    @contextlib.contextmanager
    def noted(self, job):
        with lock, self._guard:
            self._jobs[job] = True
        try:
            yield
        except BaseException:
            self.strike(job)
            raise

    def strike(self, job):
        with lock, self._guard:
            del self._jobs[job]


lock = threading.RLock()
pending = Pending()


def enqueue(job, dispatch: queue.Queue):
    with pending.noted(job):
        dispatch.put(job)


def complete(job):
    pending.strike(job)
