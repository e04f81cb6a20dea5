"""Each handler calls the one it has replaced."""

import signal
import threading

happens = "c"
principle = "b"


class Worker:
    """Runs `step` every `interval` seconds in a thread, until SIGTERM comes. Made in the main thread."""

    def __init__(self, step, interval):
        self._step, self._interval = step, interval
        self._stop = threading.Event()
        # A signal has one handler: whoever sets one takes the place of another, and has to pass the signal on.
        self._next = signal.signal(signal.SIGTERM, self._on_signal)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _on_signal(self, number, frame):
        self._stop.set()
        if callable(self._next):
            self._next(number, frame)

    def _run(self):
        while not self._stop.wait(self._interval):
            self._step()

    def join(self):
        self._thread.join()
