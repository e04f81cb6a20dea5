"""Its `stop` does its work once, under a lock."""

import queue
import threading


class Worker:
    _stopped = False

    def __init__(self, jobs, process, stop):
        self._lock = threading.Lock()
        self._set = stop.set
        self._is_set = stop.is_set
        self._thread = threading.Thread(target=self._work, args=(jobs, process))
        self._thread.start()

    def _work(self, jobs, process):
        take = jobs.get
        while not self._is_set():
            try:
                process(take(timeout=0.15))
            except queue.Empty:
                pass

    def stop(self):
        with self._lock:
            if self._stopped:
                return
            self._set()
            self._thread.join()
            self._stopped = True


def start_worker(jobs: queue.Queue, process, stop: threading.Event) -> Worker:
    return Worker(jobs, process, stop)
