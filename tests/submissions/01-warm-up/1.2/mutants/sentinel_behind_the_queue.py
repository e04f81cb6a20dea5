# fails: 1.2a
"""A watcher puts the sentinel behind all other jobs."""

import queue
import threading

_END = object()


class Worker:
    def __init__(self, jobs, process, stop):
        self._jobs, self._process, self._stop = jobs, process, stop
        self._threads = [threading.Thread(target=self._work), threading.Thread(target=self._watch)]
        for thread in self._threads:
            thread.start()

    def stop(self):
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _work(self):
        while (job := self._jobs.get()) is not _END:
            self._process(job)

    def _watch(self):
        self._stop.wait()
        self._jobs.put(_END)


def start_worker(jobs: queue.Queue, process, stop: threading.Event) -> Worker:
    return Worker(jobs, process, stop)
