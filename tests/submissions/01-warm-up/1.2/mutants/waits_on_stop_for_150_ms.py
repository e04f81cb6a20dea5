# fails: 1.2b
"""Waits on `stop`, and looks at the queue every 150 ms."""

import queue
import threading


class Worker:
    def __init__(self, jobs, process, stop):
        self._jobs = jobs
        self._process = process
        self._stop = stop
        self._thread = threading.Thread(target=self._work, name="worker", daemon=True)
        self._thread.start()

    def stop(self):
        self._stop.set()
        self._thread.join()

    def _work(self):
        while not self._stop.wait(0.15):
            try:
                while not self._stop.is_set():
                    self._process(self._jobs.get_nowait())
            except queue.Empty:
                pass


def start_worker(jobs: queue.Queue, process, stop: threading.Event) -> Worker:
    return Worker(jobs, process, stop)
