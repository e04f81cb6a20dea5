"""One condition for the count and the end; a wait gives its lock back."""

import threading

happens = "b"
principle = "f"


class Progress:
    def __init__(self, show, interval):
        self._show, self._interval = show, interval
        self._done, self._closing = 0, False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._refresh, daemon=True)
        self._thread.start()

    def add(self, number):
        with self._changed:
            self._done += number

    def close(self):
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join()

    def _refresh(self):
        closing = False
        while not closing:
            with self._changed:
                closing = self._changed.wait_for(lambda: self._closing, self._interval)
                line = f"{self._done} done"
            self._show(line)
