"""The pause is a wait on the event."""

import threading

happens = "a"
principle = "d"


class TokenRefresher:
    def __init__(self, refresh, every=7200):
        self._refresh, self._every = refresh, every
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self):
        while True:
            self._refresh()
            if self._stopping.wait(self._every):
                return

    def stop(self):
        self._stopping.set()
        self._thread.join()
