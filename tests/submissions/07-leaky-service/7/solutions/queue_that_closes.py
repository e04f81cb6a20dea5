"""A queue that can be closed, as `queue.Queue.shutdown` does it from Python 3.13 on; the flusher hears of `stop`."""

import queue
import threading
import time


class ServiceClosed(Exception):
    pass


class ClosableQueue(queue.Queue):
    closed = False

    def shutdown(self):
        with self.mutex:
            self.closed = True
            self.not_empty.notify_all()
            self.not_full.notify_all()

    def put(self, item):
        with self.not_full:
            while self._qsize() >= self.maxsize and not self.closed:
                self.not_full.wait()
            if self.closed:
                raise ServiceClosed("closed")
            self._put(item)
            self.not_empty.notify()

    def get(self):
        with self.not_empty:
            while not self._qsize():
                if self.closed:
                    raise ServiceClosed("drained")
                self.not_empty.wait()
            item = self._get()
            self.not_full.notify()
            return item


class Service:
    def __init__(self, stop, *, sink=print, flush_interval=1.0):
        self._stop = stop
        self._sink = sink
        self._interval = flush_interval
        self._queue = ClosableQueue(maxsize=100)
        self._consumer = threading.Thread(target=self._consume)
        self._flusher = threading.Thread(target=self._flush)
        self._consumer.start()
        self._flusher.start()

    def submit(self, msg):
        if self._stop.is_set():
            raise ServiceClosed("stopped")
        self._queue.put(msg)

    def _consume(self):
        try:
            while True:
                msg = self._queue.get()
                time.sleep(0.01)
                self._sink(msg)
        except ServiceClosed:
            pass

    def _flush(self):
        while not self._stop.wait(self._interval):
            self._sink("flush")
        self._queue.shutdown()

    def close(self):
        self._stop.set()
        self._queue.shutdown()
        self._flusher.join()
        self._consumer.join()
