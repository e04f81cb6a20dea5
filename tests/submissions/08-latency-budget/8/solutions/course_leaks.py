"""With `course.leaks`, and `perf_counter` around `close()`."""

import threading
from time import perf_counter, sleep

from course import leaks


def test_cancellation_latency():
    with leaks.no_leaks(seconds=0):
        stop = threading.Event()
        service = Service(stop, sink=lambda msg: None)
        sleep(0.01)
        start = perf_counter()
        stop.set()
        service.close()
        elapsed = perf_counter() - start
    assert elapsed <= 0.1, f"cancellation took {elapsed * 1000:.0f} ms, the budget is 100 ms"
