"""One thread does both: it waits for a message until the next flush is due."""

import queue
import threading
import time


class ServiceClosed(Exception):
    pass


class Service:
    SIZE = 1

    def __init__(self, stop: threading.Event, *, sink=print, flush_interval=1.0):
        self.__stop, self.__sink, self.__interval = stop, sink, flush_interval
        self.__messages = queue.Queue(self.SIZE)
        self.__lock = threading.RLock()
        self.__thread = threading.Thread(target=self.__run)
        self.__thread.start()

    def __run(self):
        due = time.monotonic() + self.__interval
        while True:
            with self.__lock:
                if self.__stop.is_set() and self.__messages.empty():
                    return
            left = due - time.monotonic()
            if left <= 0 and not self.__stop.is_set():
                self.__sink("flush")
                due = time.monotonic() + self.__interval
                left = self.__interval
            try:
                msg = self.__messages.get(timeout=max(0.001, min(left, 0.04)))
            except queue.Empty:
                continue
            time.sleep(0.01)
            self.__sink(msg)

    def submit(self, msg):
        while True:
            with self.__lock:
                if self.__stop.is_set():
                    raise ServiceClosed("stopped")
                if not self.__messages.full():
                    return self.__messages.put(msg)
            time.sleep(0.005)

    def close(self):
        self.__stop.set()
        self.__thread.join()
