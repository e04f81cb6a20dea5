"""A scheduler of the standard library, whose delay function waits for `stop`."""

import sched
import threading
import time


class Heartbeat:
    def __init__(self, ping, interval, stop=None):
        self._ping, self._interval = ping, interval
        self._stop = stop or threading.Event()
        self._schedule = sched.scheduler(time.monotonic, self._stop.wait)
        self._schedule.enter(interval, 0, self._tick)
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self):
        while not self._stop.is_set() and self._schedule.run(blocking=False) is not None:
            self._stop.wait(min(0.1, max(0.0, self._schedule.queue[0].time - time.monotonic())))

    def _tick(self):
        self._schedule.enter(self._interval, 0, self._tick)
        self._ping()

    def close(self):
        self._stop.set()
        self._thread.join()


def test_heartbeat():
    before = set(threading.enumerate())
    heartbeat = Heartbeat(lambda: None, 0.01)
    time.sleep(0.05)
    heartbeat.close()
    assert set(threading.enumerate()) <= before
