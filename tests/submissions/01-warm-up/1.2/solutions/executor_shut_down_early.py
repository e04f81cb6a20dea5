"""An executor that is shut down at once: its thread ends with the one function it was given."""

import queue
import threading
from concurrent.futures import ThreadPoolExecutor


class Worker:
    def __init__(self, jobs, process, stop):
        self._stop = stop
        with_room_for_one = ThreadPoolExecutor(1)
        self._future = with_room_for_one.submit(self._work, jobs, process)
        # Its thread ends with the last of what has been submitted.
        with_room_for_one.shutdown(wait=False)
        (self._thread,) = with_room_for_one._threads

    def _work(self, jobs, process):
        while True:
            try:
                job = jobs.get(timeout=0.05)
            except queue.Empty:
                pass
            else:
                if not self._stop.is_set():
                    process(job)
            if self._stop.is_set():
                return

    def stop(self):
        self._stop.set()
        self._thread.join()


def start_worker(jobs: queue.Queue, process, stop: threading.Event) -> Worker:
    return Worker(jobs, process, stop)
