"""Waits on the queue's own condition, which a watcher of `stop` notifies too."""

import threading


class Worker:
    def __init__(self, jobs, process, stop):
        self._jobs, self._process, self._stop = jobs, process, stop
        self._thread = threading.Thread(target=self._work)
        self._watcher = threading.Thread(target=self._watch)
        self._thread.start()
        self._watcher.start()

    def _next(self):
        with self._jobs.not_empty:
            while not self._stop.is_set() and not self._jobs._qsize():
                self._jobs.not_empty.wait()
            if self._stop.is_set():
                raise StopIteration
            job = self._jobs._get()
            self._jobs.not_full.notify()
            return job

    def _work(self):
        while True:
            try:
                job = self._next()
            except StopIteration:
                return
            self._process(job)

    def _watch(self):
        self._stop.wait()
        with self._jobs.mutex:
            self._jobs.not_empty.notify_all()

    def stop(self):
        self._stop.set()
        self._thread.join()
        self._watcher.join()


def start_worker(jobs, process, stop) -> Worker:
    return Worker(jobs, process, stop)
