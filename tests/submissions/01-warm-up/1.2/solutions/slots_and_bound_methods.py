"""Slots with private names, and methods bound before the thread starts."""

import threading
from queue import Empty, Queue
from threading import Thread


class Worker:
    __slots__ = ("__join", "__set")

    def __init__(self, jobs: Queue, process, stop: threading.Event):
        get, is_set = jobs.get, stop.is_set

        def work():
            while True:
                try:
                    job = get(True, 0.05)
                except Empty:
                    if is_set():
                        return
                else:
                    if is_set():
                        return
                    process(job)

        thread = Thread(target=work, daemon=True)
        self.__set, self.__join = stop.set, thread.join
        thread.start()

    def stop(self):
        self.__set()
        self.__join()


def start_worker(jobs: Queue, process, stop: threading.Event) -> Worker:
    return Worker(jobs, process, stop)
