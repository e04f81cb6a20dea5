"""A watcher waits for `stop` and puts a sentinel that ends the worker."""

import queue
import threading

_END = object()


class Worker:
    def __init__(self, jobs: queue.Queue, process, stop: threading.Event):
        self._jobs, self._process, self._stop = jobs, process, stop
        self._threads = [
            threading.Thread(target=self._work, name="worker"),
            threading.Thread(target=self._watch, name="watcher", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def _work(self):
        while (job := self._jobs.get()) is not _END and not self._stop.is_set():
            self._process(job)

    def _watch(self):
        self._stop.wait()
        self._jobs.put(_END)

    def stop(self):
        self._stop.set()
        for thread in self._threads:
            thread.join()


def start_worker(jobs: queue.Queue, process, stop: threading.Event) -> Worker:
    return Worker(jobs, process, stop)
