"""Writes counts to a sink, now and then."""

import threading
from concurrent.futures import ThreadPoolExecutor


class Reporter:
    """Hands the counts to `sink(counts)` every `interval` seconds and on `flush`; a slow sink holds nobody up."""

    def __init__(self, counters, sink, interval=30.0):
        self._counters = counters
        self._sink = sink
        self._interval = interval
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="reporter")
        self._timer = None
        self._closed = False
        self._lock = threading.Lock()

    def start(self):
        self._arm()

    def flush(self):
        """Hands over the counts since the last time, if there are any, and returns at once."""
        if counts := self._counters.take():
            self._writer.submit(self._sink, counts)

    def close(self):
        """The last counts are handed over."""
        if not self._closed:
            with self._lock:
                self._closed = True
                timer = self._timer
            if timer is not None:
                timer.cancel()
                timer.join()
            self.flush()
            self._writer.shutdown()

    def _arm(self):
        with self._lock:
            if not self._closed:
                self._timer = threading.Timer(self._interval, self._tick)
                self._timer.daemon = True
                self._timer.start()

    def _tick(self):
        self.flush()
        self._arm()
