"""Methods of a `unittest.TestCase`; a barrier lets ten threads go at once, `excepthook` hears of their errors."""

import threading
import unittest


class Sink:
    def __init__(self):
        self.messages = []

    def __call__(self, message):
        self.messages.append(message)


class ServiceTest(unittest.TestCase):
    def setUp(self):
        self.sink = Sink()
        self.before = threading.active_count()

    def make(self):
        return Service(threading.Event(), sink=self.sink, flush_interval=60)

    def start_close(self):
        service = self.make()
        service.submit("one")
        service.close()
        self.assertEqual(threading.active_count(), self.before)

    def submit_after_close(self):
        service = self.make()
        service.close()
        with self.assertRaises(ServiceClosed):
            service.submit("two")

    def concurrent_close(self):
        errors = []
        self.addCleanup(setattr, threading, "excepthook", threading.excepthook)
        threading.excepthook = errors.append
        service = self.make()
        service.submit("three")
        barrier = threading.Barrier(10)
        threads = [threading.Thread(target=lambda: (barrier.wait(), service.close())) for _ in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(errors, [])
        self.assertEqual(threading.active_count(), self.before)
        self.assertEqual(self.sink.messages.count("three"), 1)
        self.assertLessEqual(self.sink.messages.count("flush"), 1)


def run(method):
    result = unittest.TestResult()
    ServiceTest(method).run(result)
    problems = result.errors + result.failures
    assert not problems, problems[0][1]


def test_start_close():
    run("start_close")


def test_submit_after_close():
    run("submit_after_close")


def test_concurrent_close():
    run("concurrent_close")
