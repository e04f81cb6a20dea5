"""A timer goes off when the budget is spent, unless `close()` has returned by then."""

import threading
import time


def test_cancellation_latency():
    late = threading.Event()
    stop = threading.Event()
    service = Service(stop, sink=print)
    alarm = threading.Timer(0.1, late.set)
    time.sleep(0.01)
    stop.set()
    alarm.start()
    service.close()
    alarm.cancel()
    alarm.join()
    assert not late.is_set(), "over budget"
