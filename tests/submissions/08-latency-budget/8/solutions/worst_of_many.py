"""Twenty services, `datetime`; the worst latency counts."""

import threading
import time
from datetime import datetime, timedelta


class Quiet(Service):
    def __init__(self, stop):
        super().__init__(stop, sink=lambda msg: None)


def latency(pause):
    stop = threading.Event()
    service = Quiet(stop)
    time.sleep(pause)
    start = datetime.now()
    stop.set()
    service.close()
    return datetime.now() - start


def test_cancellation_latency():
    worst = max(latency(0.005 + 0.001 * number) for number in range(20))
    assert worst < timedelta(milliseconds=100)
