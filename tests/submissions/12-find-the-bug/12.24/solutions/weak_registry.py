"""A module-level registry of events that forgets workers that are gone; the handler is set once."""

import signal
import threading
import weakref

happens = "c"
principle = "b"

_events = weakref.WeakSet()


def _stop_all(number, frame):
    for event in list(_events):
        event.set()


class Worker:
    def __init__(self, step, interval):
        self.step, self.interval = step, interval
        self.stop = threading.Event()
        _events.add(self.stop)
        if signal.getsignal(signal.SIGTERM) is not _stop_all:
            signal.signal(signal.SIGTERM, _stop_all)
        self.thread = threading.Thread(target=self.run, name="worker", daemon=True)
        self.thread.start()

    def run(self):
        while True:
            if self.stop.wait(timeout=self.interval):
                break
            self.step()

    def join(self):
        self.thread.join()
