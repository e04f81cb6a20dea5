"""The leak checker has as much patience as the budget allows."""

import threading
import time

from course import leaks


def test_cancellation_latency():
    stop = threading.Event()
    with leaks.no_leaks(seconds=0.1):
        Service(stop, sink=lambda msg: None)
        time.sleep(0.01)
        stop.set()
