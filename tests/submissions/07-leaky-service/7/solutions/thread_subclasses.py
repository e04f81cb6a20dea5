"""Subclasses of `Thread`, an end mark in the queue, and a watcher that hears of `stop` for both."""

import threading
import time
from queue import Full, Queue

END = object()


class ServiceClosed(Exception):
    """Nothing more is taken."""


class Consumer(threading.Thread):
    def __init__(self, messages, sink):
        super().__init__(name="consumer")
        self.messages, self.sink = messages, sink

    def run(self):
        while (msg := self.messages.get()) is not END:
            time.sleep(0.01)
            self.sink(msg)


class Flusher(threading.Thread):
    def __init__(self, stop, sink, interval):
        super().__init__(name="flusher")
        self.stop, self.sink, self.interval = stop, sink, interval

    def run(self):
        while not self.stop.wait(self.interval):
            self.sink("flush")


class Service:
    def __init__(self, stop: threading.Event, *, sink=print, flush_interval=1.0):
        self.stop = stop
        self.lock = threading.Lock()
        self.refuses = False
        self.messages = Queue(maxsize=20)
        watcher = threading.Thread(target=self.watch, name="watcher")
        self.threads = [Consumer(self.messages, sink), Flusher(stop, sink, flush_interval), watcher]
        for thread in self.threads:
            thread.start()

    def watch(self):
        self.stop.wait()
        with self.lock:
            self.refuses = True
        self.messages.put(END)  # behind everything that was accepted

    def submit(self, msg):
        while True:
            with self.lock:
                if self.refuses or self.stop.is_set():
                    raise ServiceClosed
                try:
                    return self.messages.put_nowait(msg)
                except Full:
                    pass
            time.sleep(0.01)

    def close(self):
        self.stop.set()
        for thread in self.threads:
            thread.join()
