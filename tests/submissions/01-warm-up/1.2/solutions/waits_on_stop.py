"""Waits on `stop`, and looks at the queue 50 times a second."""

import threading
from queue import Empty, Queue
from types import SimpleNamespace


def start_worker(jobs: Queue, process, stop: threading.Event):
    def work():
        while not stop.wait(0.02):
            try:
                while not stop.is_set():
                    process(jobs.get_nowait())
            except Empty:
                pass

    def end():
        stop.set()
        thread.join()

    thread = threading.Thread(target=work)
    thread.start()
    return SimpleNamespace(stop=end)
