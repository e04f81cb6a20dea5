"""A scheduler looks 50 times a second."""

import queue
import sched
import threading
import time


class Worker:
    def __init__(self, jobs, process, stop):
        self._jobs, self._process, self._event = jobs, process, stop
        self._scheduler = sched.scheduler(time.monotonic, self._pause)
        self._scheduler.enter(0, 1, self._look)
        self._thread = threading.Thread(target=self._scheduler.run)
        self._thread.start()

    def _pause(self, seconds):
        self._event.wait(seconds)

    def _look(self):
        while not self._event.is_set():
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                self._scheduler.enter(0.02, 1, self._look)
                return
            self._process(job)

    def stop(self):
        self._event.set()
        self._thread.join()


def start_worker(jobs: queue.Queue, process, stop: threading.Event) -> Worker:
    return Worker(jobs, process, stop)
