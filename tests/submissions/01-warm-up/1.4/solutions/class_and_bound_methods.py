import threading


class Dispatcher:
    def __init__(self):
        self.lock = threading.Lock()
        self.pending = set()

    def enqueue(self, job, dispatch):
        with self.lock:
            self.pending.add(job)
        try:
            dispatch.put(job)
        except BaseException:
            self.complete(job)
            raise

    def complete(self, job):
        with self.lock:
            self.pending.discard(job)


_dispatcher = Dispatcher()
lock, pending = _dispatcher.lock, _dispatcher.pending
enqueue, complete = _dispatcher.enqueue, _dispatcher.complete
