"""Waits on a condition; a second thread watches the caller's event."""

import contextlib
import threading
import time
import unittest


class Heartbeat:
    def __init__(self, ping, interval, stop: threading.Event | None = None):
        self._ping, self._interval = ping, interval
        self._changed = threading.Condition()
        self._closed = False
        self._callers_stop = stop
        self._threads = [threading.Thread(target=self._beat, name="heartbeat")]
        if stop is not None:
            self._threads.append(threading.Thread(target=self._watch, name="watcher"))
        for thread in self._threads:
            thread.start()

    def _beat(self):
        with self._changed:
            while not self._changed.wait_for(lambda: self._closed, timeout=self._interval):
                self._changed.release()
                try:
                    self._ping()
                finally:
                    self._changed.acquire()

    def _watch(self):
        self._callers_stop.wait()
        self._end()

    def _end(self):
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def close(self):
        self._end()
        if self._callers_stop is not None:
            self._callers_stop.set()
        for thread in self._threads:
            thread.join()


class HeartbeatTest(unittest.TestCase):
    def test_close(self):
        before = threading.enumerate()
        with contextlib.closing(Heartbeat(lambda: None, 0.02, threading.Event())):
            time.sleep(0.05)
        self.assertCountEqual(before, threading.enumerate())


def test_heartbeat():
    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(HeartbeatTest).run(result)
    assert result.testsRun == 1
    assert result.wasSuccessful(), result.failures + result.errors
