"""An executor with one thread, shut down by `Worker.stop()`."""

import queue
import threading
from concurrent.futures import ThreadPoolExecutor


class Worker:
    def __init__(self, jobs, process, stop):
        self._event = stop
        pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="worker")
        self._done = pool.submit(_work, jobs, process, stop)
        self._shutdown = pool.shutdown

    def stop(self):
        self._event.set()
        self._shutdown(wait=True)


def _work(jobs, process, stop):
    while not stop.is_set():
        try:
            job = jobs.get(timeout=0.05)
        except queue.Empty:
            continue
        process(job)


def start_worker(jobs: queue.Queue, process, stop: threading.Event) -> Worker:
    return Worker(jobs, process, stop)
