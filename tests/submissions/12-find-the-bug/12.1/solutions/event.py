"""An event that the loop looks at."""

import threading

happens = "c"
principle = "b"


class Beacons:
    def __init__(self, receive, callback):
        self._receive, self._callback = receive, callback
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        while not self._stop.is_set():
            for beacon in self._receive():
                self._callback(beacon)

    def disconnect(self):
        self._stop.set()
        self._thread.join()
