"""`close()` in an executor; its future has 100 ms."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor


def test_cancellation_latency():
    stop = threading.Event()
    service = Service(stop, sink=lambda msg: None, flush_interval=0.5)
    service.submit("a message")
    time.sleep(0.010)
    with ThreadPoolExecutor() as pool:
        stop.set()
        pool.submit(service.close).result(timeout=0.100)
