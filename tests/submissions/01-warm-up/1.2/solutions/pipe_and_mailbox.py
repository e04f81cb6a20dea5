"""Waits in select on a pipe that two feeders write to."""

import os
import queue
import select
import threading


class Worker:
    def __init__(self, jobs, process, stop):
        self._jobs, self._process, self._event = jobs, process, stop
        self._read, self._write = os.pipe()
        self._mailbox = []
        self._threads = [threading.Thread(target=f) for f in (self._work, self._feed, self._watch)]
        for thread in self._threads:
            thread.start()

    def _feed(self):
        while not self._event.is_set():
            try:
                job = self._jobs.get(timeout=0.1)
            except queue.Empty:
                continue
            self._mailbox.append(job)
            os.write(self._write, b"j")

    def _watch(self):
        self._event.wait()
        os.write(self._write, b"s")

    def _work(self):
        while True:
            select.select([self._read], [], [])
            kind = os.read(self._read, 1)
            if kind == b"s" or self._event.is_set():
                return
            self._process(self._mailbox.pop(0))

    def stop(self):
        self._event.set()
        for thread in self._threads:
            thread.join()
        if self._write is not None:
            os.close(self._read)
            os.close(self._write)
            self._write = None


def start_worker(jobs: queue.Queue, process, stop: threading.Event) -> Worker:
    return Worker(jobs, process, stop)
