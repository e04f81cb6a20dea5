"""Every tick is a timer, which starts the next one."""

import threading
import time


class Heartbeat:
    def __init__(self, ping, interval, stop=None):
        self._ping, self._interval = ping, interval
        self._lock = threading.Lock()
        self._closed = False
        self._timer = None
        self._stop = threading.Event() if stop is None else stop
        self._watcher = threading.Thread(target=self._watch)
        self._arm()
        self._watcher.start()

    def _arm(self):
        with self._lock:
            if not self._closed:
                self._timer = threading.Timer(self._interval, self._tick)
                self._timer.daemon = True
                self._timer.start()

    def _tick(self):
        try:
            self._ping()
        finally:
            self._arm()

    def _watch(self):
        self._stop.wait()
        with self._lock:
            self._closed = True
            self._timer.cancel()
        self._timer.join()

    def close(self):
        self._stop.set()
        self._watcher.join()


def test_heartbeat():
    before = {thread.ident for thread in threading.enumerate()}
    heartbeat = Heartbeat(lambda: None, 0.02, None)
    time.sleep(0.05)
    heartbeat.close()
    after = {thread.ident for thread in threading.enumerate()}
    assert after - before == set()
