"""A barrier lets the one who sets `stop` and two who close go at once; the last of them is measured, with `time_ns`."""

import threading
import time


def test_cancellation_latency():
    stop = threading.Event()
    service = Service(stop, sink=[].append, flush_interval=60)
    barrier = threading.Barrier(3)
    ends, errors = [], []

    def go(function):
        barrier.wait()
        start = time.time_ns()
        try:
            function()
        except Exception as error:
            errors.append(error)
        ends.append(time.time_ns() - start)

    threads = [threading.Thread(target=go, args=(each,)) for each in (stop.set, service.close, service.close)]
    time.sleep(0.01)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert max(ends) < 100_000_000
