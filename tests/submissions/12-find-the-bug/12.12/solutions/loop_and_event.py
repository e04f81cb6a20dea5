"""One thread in a loop, and an event."""

import threading

happens = "c"
principle = "b"


class Reporter:
    def __init__(self, send, interval):
        self._send, self._interval = send, interval
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self):
        while not self._closing.wait(self._interval):
            self._send()

    def close(self):
        self._closing.set()
        self._thread.join()
