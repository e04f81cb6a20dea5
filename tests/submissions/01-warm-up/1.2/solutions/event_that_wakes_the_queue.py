"""Makes `stop` an event that puts a wake-up into the queue as it is set."""

import threading
from queue import Queue

_WAKE = object()


class WakingEvent(threading.Event):
    """An event that also puts something into the queues of those who wait for jobs."""

    def set(self):
        first = not self.is_set()
        super().set()
        if first:
            for jobs in self.__dict__.get("listening", ()):
                jobs.put(_WAKE)


class Worker:
    def __init__(self, jobs: Queue, process, stop: threading.Event):
        self.jobs, self.process, self.event = jobs, process, stop
        stop.__class__ = WakingEvent
        stop.__dict__.setdefault("listening", []).append(jobs)
        if stop.is_set():
            jobs.put(_WAKE)
        self.thread = threading.Thread(target=self.work, name="worker")
        self.thread.start()

    def work(self):
        while not self.event.is_set():
            job = self.jobs.get()
            if job is not _WAKE and not self.event.is_set():
                self.process(job)

    def stop(self):
        self.event.set()
        self.thread.join()


def start_worker(jobs: Queue, process, stop: threading.Event) -> Worker:
    return Worker(jobs, process, stop)
