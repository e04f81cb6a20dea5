"""A class derived from `Service`, with a queue as its sink; `leaks.find` against what was there before."""

import queue
import threading
from concurrent.futures import ThreadPoolExecutor

from course import leaks


class Recorder(Service):
    def __init__(self, **options):
        self.received = queue.SimpleQueue()
        super().__init__(threading.Event(), sink=self.received.put, **options)

    def everything(self):
        messages = []
        while not self.received.empty():
            messages.append(self.received.get())
        return messages


def test_start_close():
    before = leaks.ignore_current()
    service = Recorder()
    service.submit({"any": "object"})
    service.close()
    found = leaks.find(before, seconds=0)
    assert found == [], found[0]


def test_submit_after_close():
    service = Recorder()
    service.close()
    try:
        service.submit("late")
    except ServiceClosed:
        pass
    else:
        raise AssertionError


def test_concurrent_close():
    before = leaks.ignore_current()
    service = Recorder(flush_interval=60)
    service.submit("early")
    barrier = threading.Barrier(10)

    def close():
        barrier.wait()
        service.close()

    with ThreadPoolExecutor(10) as pool:
        errors = [future.exception() for future in [pool.submit(close) for _ in range(10)]]
    assert errors == [None] * 10
    assert leaks.find(before, seconds=0) == []
    messages = service.everything()
    assert messages.count("early") == 1 and messages.count("flush") <= 1
