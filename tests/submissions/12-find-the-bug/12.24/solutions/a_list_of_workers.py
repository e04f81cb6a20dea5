"""The class has one handler, which goes through all its workers."""

import signal
import threading
from typing import ClassVar

happens = "c"
principle = "b"


class Worker:
    _all: ClassVar[list] = []

    def __init__(self, step, interval):
        self._step, self._interval = step, interval
        self._stop = threading.Event()
        Worker._all.append(self)
        signal.signal(signal.SIGTERM, Worker._on_signal)
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    @staticmethod
    def _on_signal(number, frame):
        for worker in Worker._all:
            worker._stop.set()

    def _run(self):
        while not self._stop.wait(self._interval):
            self._step()

    def join(self):
        self._thread.join()
