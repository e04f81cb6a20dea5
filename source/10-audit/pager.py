"""A small program to practise on: four things are started, and `close()` is there."""

import multiprocessing
import threading
from concurrent.futures import ThreadPoolExecutor


class Pager:
    def __init__(self, send, every):
        self.send = send
        self.every = every
        self._stop = threading.Event()
        self._reports = []
        self._thread = threading.Thread(target=self._collect)
        self._thread.start()
        self._remind()

    def _arm(self):
        self._timer = threading.Timer(self.every, self._remind)
        self._timer.start()

    def _remind(self):
        self.send("still here")
        self._arm()

    def _collect(self):
        while not self._stop.wait(0.1):
            self._reports.append(threading.active_count())

    def print_all(self):
        self._pool = ThreadPoolExecutor(2)
        for report in self._reports:
            self._pool.submit(self.send, report)

    def archive(self):
        multiprocessing.Process(target=print, args=self._reports).start()

    def close(self):
        self._stop.set()
        self._thread.join()
        self._timer.cancel()
        if hasattr(self, "_pool"):
            self._pool.shutdown()
