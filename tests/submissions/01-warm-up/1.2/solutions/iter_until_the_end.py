import itertools
import queue
import threading
from functools import partial


def start_worker(jobs: queue.Queue, process, stop: threading.Event) -> "Worker":
    worker = Worker(partial(take, jobs, stop), process, stop)
    worker.start()
    return worker


END = object()


def take(jobs, stop):
    for _ in itertools.count():
        if stop.is_set():
            return END
        try:
            return jobs.get(True, 0.2)
        except queue.Empty:
            pass


class Worker(threading.Thread):
    def __init__(self, take, process, event):
        threading.Thread.__init__(self)
        self.take, self.process, self.event = take, process, event

    def run(self):
        for job in iter(self.take, END):
            self.process(job)

    def stop(self):
        self.event.set()
        if threading.current_thread() is not self:
            self.join()
