"""A method of a `unittest.TestCase`, with a clean-up; `time.time`."""

import threading
import time
import unittest


class LatencyTest(unittest.TestCase):
    budget = 0.1

    def setUp(self):
        self.stop = threading.Event()
        self.service = Service(self.stop, sink=self.sink)
        self.addCleanup(self.service.close)

    def sink(self, message):
        self.last = message

    def test_latency(self):
        time.sleep(0.01)
        start = time.time()
        self.stop.set()
        self.service.close()
        self.assertLess(time.time() - start, self.budget)


def test_cancellation_latency():
    result = unittest.TestResult()
    LatencyTest("test_latency").run(result)
    assert result.wasSuccessful(), (result.failures + result.errors)[0][1]
