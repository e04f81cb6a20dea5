import queue
import threading
from contextlib import suppress
from multiprocessing.pool import ThreadPool


class Worker:
    def __init__(self, jobs, process, stop):
        self._jobs, self._process, self._stop = jobs, process, stop
        self._pool = ThreadPool(processes=1)
        self._result = self._pool.apply_async(self._work)
        self._pool.close()

    def _work(self):
        while not self._stop.is_set():
            with suppress(queue.Empty):
                self._process(self._jobs.get(timeout=0.1))

    def stop(self):
        self._stop.set()
        self._result.wait()
        self._pool.join()


def start_worker(jobs: queue.Queue, process, stop: threading.Event) -> Worker:
    return Worker(jobs, process, stop)
