"""Notes the threads as they are started, and joins each with what is left of the budget; it never closes."""

import threading
import time


def test_cancellation_latency():
    started, start = [], threading.Thread.start

    def noting(thread):
        started.append(thread)
        start(thread)

    threading.Thread.start = noting
    try:
        stop = threading.Event()
        Service(stop, sink=lambda msg: None)
    finally:
        threading.Thread.start = start
    time.sleep(0.01)
    end = time.monotonic() + 0.1
    stop.set()
    for thread in started:
        thread.join(max(0, end - time.monotonic()))
    assert started and not any(thread.is_alive() for thread in started)
