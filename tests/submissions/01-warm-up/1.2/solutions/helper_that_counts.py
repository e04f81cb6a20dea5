"""A helper counts what is queued three times a second; both end on `stop`."""

import queue
import threading


class Worker:
    def __init__(self, jobs, process, stop):
        self.jobs, self.process, self.event = jobs, process, stop
        self.threads = [threading.Thread(target=self.work), threading.Thread(target=self.count)]
        self.most = 0
        for thread in self.threads:
            thread.start()

    def work(self):
        while not self.event.is_set():
            try:
                job = self.jobs.get(timeout=0.2)
            except queue.Empty:
                continue
            self.process(job)

    def count(self):
        while not self.event.wait(0.3):
            self.most = max(self.most, self.jobs.qsize())

    def stop(self):
        self.event.set()
        for thread in self.threads:
            thread.join()


def start_worker(jobs: queue.Queue, process, stop: threading.Event) -> Worker:
    return Worker(jobs, process, stop)
