"""A poller and its web hook."""

import threading


class Poller:
    def __init__(self, fetch):
        self._fetch = fetch
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def start(self):
        self._thread.start()

    def close(self):
        self._stop.set()
        self._thread.join()

    def _run(self):
        while not self._stop.wait(60):
            self._fetch()
