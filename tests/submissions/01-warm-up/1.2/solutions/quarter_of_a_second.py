"""A thread that looks at `stop` as rarely as it may."""

import threading
from queue import Empty, Queue


class Worker(threading.Thread):
    def __init__(self, jobs: Queue, process, stop: threading.Event):
        super().__init__(name="worker", daemon=True)
        self.jobs, self.process, self.stopping = jobs, process, stop

    def run(self):
        while not self.stopping.is_set():
            try:
                job = self.jobs.get(timeout=0.25)
            except Empty:
                continue
            self.process(job)
            self.jobs.task_done()

    def stop(self):
        self.stopping.set()
        self.join()


def start_worker(jobs: Queue, process, stop: threading.Event) -> Worker:
    worker = Worker(jobs, process, stop)
    worker.start()
    return worker
