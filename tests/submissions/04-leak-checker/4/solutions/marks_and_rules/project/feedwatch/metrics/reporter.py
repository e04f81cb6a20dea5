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
        self._stop = threading.Event()
        self._ticker = None

    def start(self):
        self._ticker = threading.Thread(target=self._run, name="reporter-ticks")
        self._ticker.start()

    def flush(self):
        """Hands over the counts since the last time, if there are any, and returns at once."""
        if counts := self._counters.take():
            self._writer.submit(self._sink, counts)

    def close(self):
        """The last counts are handed over."""
        if not self._stop.is_set():
            self._stop.set()
            if self._ticker:
                self._ticker.join()
            self.flush()
            self._writer.shutdown(wait=True)

    def _run(self):
        while not self._stop.wait(self._interval):
            self.flush()
