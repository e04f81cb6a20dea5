"""All workers share one event, and one handler sets it."""

import signal
import threading

happens = "c"
principle = "b"

stop = threading.Event()


class Worker:
    def __init__(self, step, interval):
        self._step, self._interval = step, interval
        signal.signal(signal.SIGTERM, lambda number, frame: stop.set())
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        while not stop.wait(self._interval):
            self._step()

    def join(self):
        self._thread.join()
