"""Sets `stop`, and looks at `threading.enumerate()` until what is new has gone; `monotonic`."""

import threading
import time

BUDGET = 0.1


def test_cancellation_latency():
    before = set(threading.enumerate())
    stop = threading.Event()
    service = Service(stop, sink=lambda msg: None)
    time.sleep(0.01)
    began = time.monotonic()
    stop.set()
    while set(threading.enumerate()) - before:
        assert time.monotonic() - began < BUDGET, "something still runs when the budget is spent"
        time.sleep(0.001)
    service.close()
