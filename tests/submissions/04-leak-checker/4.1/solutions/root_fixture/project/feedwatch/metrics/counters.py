"""Counters that several threads may use."""

import threading


class Counters:
    def __init__(self):
        self._lock = threading.Lock()
        self._counts = {}

    def add(self, name, number=1):
        with self._lock:
            self._counts[name] = self._counts.get(name, 0) + number

    def take(self):
        """The counts since the last time; begins anew."""
        with self._lock:
            counts, self._counts = self._counts, {}
        return counts
