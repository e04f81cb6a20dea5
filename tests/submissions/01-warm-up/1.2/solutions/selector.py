"""`stop` wakes the worker through a socket; the queue is looked at between."""

import contextlib
import queue
import selectors
import socket
import threading


class Worker:
    def __init__(self, jobs: queue.Queue, process, stop: threading.Event):
        self._jobs, self._process, self._event = jobs, process, stop
        self._here, self._there = socket.socketpair()
        self._lock = threading.Lock()
        self._worker = threading.Thread(target=self._work, name="worker")
        self._watcher = threading.Thread(target=self._watch, name="watcher")
        self._worker.start()
        self._watcher.start()

    def _watch(self):
        self._event.wait()
        self._there.close()

    def _work(self):
        with selectors.DefaultSelector() as selector, self._here:
            selector.register(self._here, selectors.EVENT_READ)
            while not selector.select(timeout=0.03):
                with contextlib.suppress(queue.Empty):
                    while not self._event.is_set():
                        self._process(self._jobs.get(block=False))

    def stop(self):
        self._event.set()
        with self._lock:
            self._worker.join()
            self._watcher.join()


def start_worker(jobs: queue.Queue, process, stop: threading.Event) -> Worker:
    return Worker(jobs, process, stop)
