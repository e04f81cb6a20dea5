"""A generator of jobs that ends with `stop`, in a dataclass."""

import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any


def until_stopped(jobs: queue.Queue, stop: threading.Event) -> Iterator[Any]:
    while not stop.is_set():
        try:
            yield jobs.get(timeout=0.02)
        except queue.Empty:
            pass


@dataclass
class Worker:
    jobs: queue.Queue
    process: Callable[[Any], object]
    event: threading.Event
    thread: threading.Thread = field(init=False)

    def __post_init__(self):
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self):
        for job in until_stopped(self.jobs, self.event):
            self.process(job)

    def stop(self):
        self.event.set()
        while self.thread.is_alive():
            self.thread.join(timeout=0.1)


def start_worker(jobs: queue.Queue, process, stop: threading.Event) -> Worker:
    return Worker(jobs, process, stop)
