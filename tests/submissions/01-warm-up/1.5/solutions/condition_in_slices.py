"""A thread that waits on a condition, at most 200 ms at a time, until the next tick is due."""

import threading
import time
import time as clock


class Heartbeat(threading.Thread):
    def __init__(self, ping, interval, stop: threading.Event | None = None):
        super().__init__(name="heart")
        self.__ping, self.__interval, self.__callers = ping, interval, stop
        self.__changed = threading.Condition()
        self.__open = True
        self.start()

    def run(self):
        due = clock.perf_counter() + self.__interval
        with self.__changed:
            while self.__open and not (self.__callers and self.__callers.is_set()):
                left = due - clock.perf_counter()
                if left > 0:
                    self.__changed.wait(min(left, 0.2))
                    continue
                self.__changed.release()
                try:
                    self.__ping()
                finally:
                    self.__changed.acquire()
                due += self.__interval

    def close(self):
        with self.__changed:
            self.__open = False
            self.__changed.notify_all()
        self.join()


def test_heartbeat():
    before = set(threading.enumerate())
    heartbeat = Heartbeat(lambda: None, 0.01)
    time.sleep(0.05)
    heartbeat.close()
    assert set(threading.enumerate()) <= before
