"""Goes on when a ping fails, and keeps its pace however long a ping takes."""

import contextlib
import logging
import threading
import time
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Heartbeat:
    ping: Any
    interval: float
    stop: threading.Event | None = None
    _thread: threading.Thread = field(init=False, repr=False)

    def __post_init__(self):
        if self.stop is None:
            self.stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        start, ticks = time.perf_counter(), 0
        while True:
            ticks += 1
            if self.stop.wait(max(0, start + ticks * self.interval - time.perf_counter())):
                break
            try:
                self.ping()
            except BaseException:
                logging.debug("a ping failed", exc_info=True)

    def close(self):
        self.stop.set()
        while self._thread.is_alive():
            self._thread.join(0.2)


@contextlib.contextmanager
def no_new_threads():
    before = frozenset(threading.enumerate())
    yield
    left = [thread for thread in threading.enumerate() if thread not in before]
    assert not left, left


@no_new_threads()
def test_heartbeat():
    heartbeat = Heartbeat(lambda: time.sleep(0.001), 0.01)
    time.sleep(0.05)
    heartbeat.close()
