"""Sleeps 100 ms whenever the queue is empty."""

import queue
import threading
from time import sleep


class Worker:
    def __init__(self, jobs, process, stop):
        self._stop = stop
        self._thread = threading.Thread(target=self._work, args=(jobs, process))
        self._thread.start()

    def _work(self, jobs, process):
        while not self._stop.is_set():
            if jobs.empty():
                sleep(0.1)
            else:
                process(jobs.get())

    def stop(self):
        self._stop.set()
        self._thread.join()


def start_worker(jobs: queue.Queue, process, stop: threading.Event) -> Worker:
    return Worker(jobs, process, stop)
