# fails: 12.17c
import threading

happens = "b"
principle = "f"


class Progress:
    """Counts what is done, and shows the count every `interval` seconds, until `close()`."""

    def __init__(self, show, interval):
        self._show, self._interval = show, interval
        self._done = 0
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._refresh, daemon=True)
        self._thread.start()

    def add(self, number):
        with self._lock:
            self._done += number

    def close(self):
        with self._lock:
            self._stop.set()
            self._thread.join()

    def _refresh(self):
        while not self._stop.wait(self._interval):
            self._show_line()
        self._show_line()

    def _show_line(self):
        with self._lock:
            line = f"{self._done} done"
        self._show(line)
