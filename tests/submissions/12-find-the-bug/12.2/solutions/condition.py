"""A condition that `stop` notifies; the refreshes come at a steady pace."""

import threading
import time

happens = "a"
principle = "d"


class TokenRefresher:
    def __init__(self, refresh, every=7200):
        self._condition = threading.Condition()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, args=(refresh, every))
        self._thread.start()

    def _run(self, refresh, every):
        due = time.monotonic()
        while True:
            refresh()
            due += every
            with self._condition:
                if self._condition.wait_for(lambda: self._stopped, timeout=due - time.monotonic()):
                    return

    def stop(self):
        with self._condition:
            self._stopped = True
            self._condition.notify()
        self._thread.join()
